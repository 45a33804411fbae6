//! Reading with an end to every row, so that memory does not grow with a row that never ends.

use std::io::{self, Read};

/// A reader that fails when a row takes more than so many bytes.
pub(super) struct Capped<R> {
    inner: R,
    longest: usize,
    n_since_row: usize,
    too_long: bool,
}

impl<R> Capped<R> {
    pub(super) const fn new(inner: R, longest: usize) -> Self {
        Self { inner, longest, n_since_row: 0, too_long: false }
    }

    /// A row is complete; what is read from here on belongs to the next, or to those after it.
    pub(super) const fn begin_row(&mut self) {
        self.n_since_row = 0;
    }

    /// Whether a row was longer than allowed.
    pub(super) const fn was_capped(&self) -> bool {
        self.too_long
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.n_since_row > self.longest {
            self.too_long = true;
            return Err(io::Error::other("a row is too long"));
        }
        let n = self.inner.read(buffer)?;
        self.n_since_row += n;
        Ok(n)
    }
}
