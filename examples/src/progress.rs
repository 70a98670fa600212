//! A progress bar for imports, drawn on standard error and silent when that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that shows how far an import has come and how many of its rows were rejected.
///
/// ```
/// let bar = crm_examples::progress::ImportBar::start("leads.csv", 320);
/// bar.advance(100, 4);
/// bar.finish();
/// ```
#[derive(Debug)]
pub struct ImportBar(ProgressBar);

impl ImportBar {
    /// Starts a bar for a file of so many rows; a total of 0 stands for one that isn't known.
    pub fn start(file: &str, rows: u64) -> Self {
        let (bar, layout) = match rows {
            0 => (ProgressBar::no_length(), "{prefix:18} {human_pos} rows {msg}"),
            _ => (ProgressBar::new(rows), "{prefix:18} {bar:30} {human_pos} / {human_len} rows {msg}"),
        };
        // A layout that doesn't parse would only cost the looks: the plain bar takes its place.
        let style = ProgressStyle::with_template(layout).unwrap_or_else(|_| ProgressStyle::default_bar());
        ImportBar(bar.with_style(style.progress_chars("▇▇·")).with_prefix(file.to_owned()))
    }

    /// Shows the rows read so far, and the rejected ones among them.
    pub fn advance(&self, read: u64, rejected: u64) {
        if rejected > 0 {
            self.0.set_message(format!("({rejected} rejected)"));
        }
        self.0.set_position(read);
    }

    /// Leaves the bar on the screen as it stands.
    pub fn finish(self) {
        self.0.abandon();
    }
}

#[cfg(test)]
mod tests {
    use super::ImportBar;

    #[test]
    fn the_bar_keeps_the_position_and_the_rejected_rows() {
        for rows in [0, 320] {
            let bar = ImportBar::start("leads.csv", rows);
            bar.advance(100, 0);
            assert_eq!((bar.0.position(), bar.0.message()), (100, String::new()));
            bar.advance(320, 7);
            assert_eq!((bar.0.position(), bar.0.message()), (320, "(7 rejected)".to_owned()));
            bar.finish();
        }
    }
}
