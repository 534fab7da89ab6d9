//! The ratios to tokio as a picture: a line for each quantity, a dot for each peer.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::prelude::*;

use super::{Report, Row};
use crate::peers::Peer;
use crate::workloads::Better;

const WIDTH: u32 = 1000;
const LINE_HEIGHT: u32 = 24;
/// Title and axis.
const MARGINS: u32 = 90;
const LEGEND_HEIGHT: u32 = 30;
const FONT: &str = "sans-serif";

impl Report {
    /// Draws how many times as good as tokio everyone is: what is right of 1 is better.
    pub(super) fn draw(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let lines = self.lines();
        if lines.is_empty() {
            return Err("a chart needs tokio and someone to compare with it".into());
        }
        let dots = self.dots(&lines);
        let size = (WIDTH, lines.len() as u32 * LINE_HEIGHT + MARGINS + LEGEND_HEIGHT);
        let area = SVGBackend::new(path, size).into_drawing_area();
        area.fill(&WHITE)?;
        let (plot, legend) = area.split_vertically(size.1 - LEGEND_HEIGHT);
        let mut chart = ChartBuilder::on(&plot)
            .caption("How many times as good as tokio, log scale; right is better", (FONT, 18))
            .margin(10)
            .x_label_area_size(30)
            .y_label_area_size(270)
            .build_cartesian_2d(span(&dots).log_scale(), (0..lines.len() - 1).into_segmented())?;
        let label = |segment: &SegmentValue<usize>| match segment {
            // The axis goes upwards, the table downwards.
            SegmentValue::CenterOf(n) => lines.iter().rev().nth(*n).cloned().unwrap_or_default(),
            _ => String::new(),
        };
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .y_labels(lines.len())
            .y_label_formatter(&label)
            .x_label_formatter(&|ratio| format!("{ratio}×"))
            .label_style((FONT, 13))
            .draw()?;
        let ends = [SegmentValue::Exact(0), SegmentValue::Exact(lines.len())];
        chart.draw_series([PathElement::new(ends.map(|end| (1.0, end)), BLACK)])?;
        let colored: Vec<_> = Peer::ALL.into_iter().filter_map(|p| Some((p, color(p)?))).collect();
        // eventlet is the first, and on top of those that it covers.
        for (index, (peer, color)) in colored.into_iter().enumerate().rev() {
            for dot in dots.iter().filter(|dot| dot.peer == peer) {
                let line = SegmentValue::CenterOf(lines.len() - 1 - dot.line);
                let center = (dot.advantage, line);
                chart.plotting_area().draw(&Circle::new(center, radius(peer), color.filled()))?;
            }
            let x = 280 + 110 * index as i32;
            legend.draw(&Circle::new((x, 12), radius(peer), color.filled()))?;
            legend.draw(&Text::new(peer.name(), (x + 12, 6), (FONT, 13)))?;
        }
        area.present()?;
        Ok(())
    }

    /// What the lines are called, in the order of the table.
    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.compared().map(|(row, _)| line_of(row)).collect();
        lines.dedup();
        lines
    }

    fn dots(&self, lines: &[String]) -> Vec<Dot> {
        let dot = |(row, advantage): (&Row, f64)| {
            let line = lines.iter().position(|line| *line == line_of(row))?;
            Some(Dot { line, peer: row.peer, advantage })
        };
        self.compared().filter_map(dot).collect()
    }

    /// The rows with a ratio to tokio, turned so that more is better.
    fn compared(&self) -> impl Iterator<Item = (&Row, f64)> {
        self.rows.iter().filter_map(|row| {
            let ratio = row.to_tokio.filter(|ratio| *ratio > 0.0)?;
            Some((row, if row.metric.better == Better::More { ratio } else { 1.0 / ratio }))
        })
    }
}

struct Dot {
    line: usize,
    peer: Peer,
    advantage: f64,
}

fn line_of(row: &Row) -> String {
    format!("{}, {}", row.title, row.metric.unit)
}

/// From where to where the axis goes, with some room.
fn span(dots: &[Dot]) -> Range<f64> {
    let advantages = || dots.iter().map(|dot| dot.advantage);
    advantages().fold(0.5, f64::min) / 1.3..advantages().fold(2.0, f64::max) * 1.3
}

fn radius(peer: Peer) -> i32 {
    if peer == Peer::Eventlet { 6 } else { 4 }
}

/// `None` for tokio, which is the line at 1.
fn color(peer: Peer) -> Option<RGBColor> {
    match peer {
        Peer::Tokio => None,
        Peer::Eventlet => Some(RGBColor(0x0b, 0x7a, 0x3b)),
        Peer::May => Some(RGBColor(0xd9, 0x5f, 0x02)),
        Peer::Go => Some(RGBColor(0x1f, 0x78, 0xb4)),
        Peer::Std => Some(RGBColor(0x8c, 0x56, 0x4b)),
        Peer::Gevent => Some(RGBColor(0x9e, 0x6b, 0xc4)),
        Peer::PyEventlet => Some(RGBColor(0xe7, 0x7c, 0xb4)),
        Peer::Limit => Some(RGBColor(0x77, 0x77, 0x77)),
    }
}
