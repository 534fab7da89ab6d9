//! README.md's section of figures.

use std::error::Error;
use std::fs;
use std::path::Path;

use super::Report;

const BEGIN: &str = "<!-- figures -->\n";
const END: &str = "<!-- end of figures -->\n";

impl Report {
    /// Puts the table between two marks of a file, in place of the one that is there.
    pub(super) fn publish(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let text = fs::read_to_string(path)?;
        let (before, rest) = text.split_once(BEGIN).ok_or("the README has no mark for figures")?;
        let (_, after) = rest.split_once(END).ok_or("the README's figures have no end")?;
        fs::write(path, format!("{before}{BEGIN}\n{self}\n{END}{after}"))?;
        Ok(())
    }
}
