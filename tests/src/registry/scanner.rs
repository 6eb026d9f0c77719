//! The scanner of the registry.

use super::Registry;

impl Registry {
    /// Lets the scanner go down or come back; this is known at once, where a real server takes up to 30 s.
    pub fn set_scanner_healthy(&mut self, healthy: bool) {
        self.scanner_healthy = healthy;
    }

    /// Whether the scanner answers.
    #[must_use]
    pub fn is_scanner_healthy(&self) -> bool {
        self.scanner_healthy
    }
}
