//! Columns that people and programs can read.

use std::io::{self, Write};

/// A table. At least two spaces separate the columns, and no cell is empty or has two spaces in a row.
pub(super) struct Table {
    /// The first is the head.
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<const N: usize>(head: [&str; N]) -> Self {
        Table { rows: vec![head.map(str::to_owned).to_vec()] }
    }

    /// Adds a row with as many cells as the head has.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.rows[0].len());
        self.rows.push(cells.map(|cell| clean(&cell)).to_vec());
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let n_columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..n_columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&widths).take(n_columns - 1) {
                write!(out, "{cell:width$}  ")?;
            }
            writeln!(out, "{}", row[n_columns - 1])?;
        }
        Ok(())
    }
}

/// A cell whose text comes from anywhere.
pub(super) fn clean(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(printable).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

/// The text, with what would move the cursor, or worse, written out.
pub(super) fn printable(text: &str) -> String {
    let escape = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
    text.chars()
        .flat_map(|c| {
            let (escaped, plain) =
                if escape(c) { (Some(c.escape_unicode()), None) } else { (None, Some(c)) };
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_can_be_told_apart() {
        let mut table = Table::new(["ID", "WAITS FOR", "NAME"]);
        table.row(["7".into(), "a  descriptor\nto be readable".into(), String::new()]);
        table.row(["1234".into(), " ".into(), "\u{1b}[2Jé".into()]);
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        let expected = "\
ID    WAITS FOR                    NAME
7     a descriptor to be readable  -
1234  -                            \\u{1b}[2Jé
";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
