//! The table, in Markdown that can also be read in a terminal.

use std::fmt;

use super::{Report, Row};

const N_COLUMNS: usize = 8;
const HEAD: [&str; N_COLUMNS] =
    ["workload", "unit (better)", "peer", "median", "min–max", "÷ tokio", "÷ limit", "target"];
/// Which columns hold numbers.
const IS_NUMBER: [bool; N_COLUMNS] = [false, false, false, true, true, true, true, false];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: Vec<_> = self.versions.iter().map(|(_, version)| version.as_str()).collect();
        let versions = versions.join(", ");
        writeln!(f, "Machine: {}; load at the beginning {}.\n", self.machine, self.load)?;
        writeln!(f, "Effort: {}.\n", self.effort)?;
        writeln!(f, "Peers: {versions}.\n")?;
        let rows: Vec<_> = self.rows.iter().enumerate().map(|(i, _)| self.cells(i)).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].as_str()).chain([HEAD[column]]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: [usize; N_COLUMNS] = std::array::from_fn(width);
        write_row(f, &HEAD.map(str::to_owned), &widths)?;
        let rule = |column| {
            let end = if IS_NUMBER[column] { ":" } else { "-" };
            "-".repeat(widths[column] - 1) + end
        };
        write_row(f, &std::array::from_fn(rule), &widths)?;
        for row in &rows {
            write_row(f, row, &widths)?;
        }
        if !self.notes.is_empty() {
            writeln!(f, "\nNotes:\n")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- {note}"))
    }
}

impl Report {
    /// What is the same as in the row above is left empty.
    fn cells(&self, index: usize) -> [String; N_COLUMNS] {
        let row = &self.rows[index];
        let above = index.checked_sub(1).map(|above| &self.rows[above]);
        let is_new = |same: fn(&Row, &Row) -> bool| above.is_none_or(|above| !same(above, row));
        let new_workload = is_new(|a, b| a.workload == b.workload);
        let new_metric = new_workload || is_new(|a, b| a.metric.unit == b.metric.unit);
        let unit = format!("{} ({})", row.metric.unit, row.metric.better.word());
        let ratio = |ratio: Option<f64>| ratio.map(number).unwrap_or_default();
        [
            if new_workload { row.title.to_owned() } else { String::new() },
            if new_metric { unit } else { String::new() },
            row.peer.to_string(),
            number(row.median()),
            format!("{}–{}", number(row.min()), number(row.max())),
            ratio(row.to_tokio),
            ratio(row.to_limit),
            row.verdict.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]
    }
}

fn write_row(
    f: &mut fmt::Formatter<'_>,
    cells: &[String; N_COLUMNS],
    widths: &[usize; N_COLUMNS],
) -> fmt::Result {
    for (column, cell) in cells.iter().enumerate() {
        let width = widths[column];
        match IS_NUMBER[column] {
            true => write!(f, "| {cell:>width$} ")?,
            false => write!(f, "| {cell:width$} ")?,
        }
    }
    writeln!(f, "|")
}

/// Three digits or whole numbers, whichever is more; thousands apart.
fn number(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => grouped(v.round() as u64),
    }
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
