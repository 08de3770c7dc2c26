//! Tables for the terminal.

use std::fmt;

/// Rows under a head, with columns as wide as their cells.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
    to_the_right: &'static [usize],
}

impl Table {
    /// A table with this head; the columns in `to_the_right` hold numbers.
    pub fn new(head: &[&str], to_the_right: &'static [usize]) -> Self {
        Self { rows: vec![head.iter().map(|&h| h.to_owned()).collect()], to_the_right }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = widths[column];
                if self.to_the_right.contains(&column) {
                    line.push_str(&format!("{cell:>width$}"));
                } else {
                    line.push_str(&format!("{cell:<width$}"));
                }
                line.push_str("  ");
            }
            writeln!(f, "{}", line.trim_end())?;
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
                writeln!(f, "{}", rule.join("  "))?;
            }
        }
        Ok(())
    }
}
