//! The figures for other programs.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Value, json};

use super::{Report, Row};
use crate::peers::program;

/// `target/bench.json`.
pub(super) fn usual_path() -> io::Result<PathBuf> {
    Ok(program::target_folder()?.join("bench.json"))
}

impl Report {
    pub(super) fn write_json(&self, path: &Path) -> io::Result<()> {
        let versions: serde_json::Map<_, _> =
            self.versions.iter().map(|(peer, v)| (peer.to_string(), json!(v))).collect();
        let report = json!({
            "machine": self.machine,
            "load": self.load,
            "effort": self.effort,
            "versions": versions,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "notes": self.notes,
        });
        fs::write(path, format!("{report:#}\n"))
    }
}

fn row(row: &Row) -> Value {
    json!({
        "workload": row.workload,
        "title": row.title,
        "unit": row.metric.unit,
        "better": row.metric.better.word(),
        "peer": row.peer.name(),
        "median": row.median(),
        "min": row.min(),
        "max": row.max(),
        "rounds": row.values,
        "ratio_to_tokio": row.to_tokio,
        "ratio_to_limit": row.to_limit,
        "target": row.verdict.as_ref().map(|verdict| &verdict.target),
        "met": row.verdict.as_ref().map(|verdict| verdict.is_met),
    })
}
