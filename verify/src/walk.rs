//! Walking one log from its first entry to its end: numbers, chain, tree, checkpoints. What does not fit is located.

use std::collections::BTreeMap;

use crate::{
    hashes::{BLOCK, Hash, Roots, sha256},
    queries::{BlockRow, EndRow},
    report::{Finding, Kind, Log, LogReport},
};

/// A root that somebody vouched for.
#[derive(Clone, Debug)]
pub(crate) struct Vouched {
    pub(crate) by: String,
    pub(crate) root: Hash,
}

/// How far the walk has come.
pub(crate) struct Walk {
    log: Log,
    /// The last number seen.
    last: i64,
    /// The chain up to it, as it is kept and as it comes out; nothing after a gap.
    before: Option<[Hash; 2]>,
    tree: Roots,
    block: Roots,
    /// Until an entry is missing, what the tree gives is what it should be.
    whole: bool,
    n_seen: u64,
    /// Up to here a checkpoint fitted.
    fitted: u64,
    n_fitted: u64,
    vouched: BTreeMap<u64, Vec<Vouched>>,
    blocks: BTreeMap<u64, Vec<u8>>,
    findings: Vec<Finding>,
}

impl Walk {
    pub(crate) fn new(log: Log, vouched: BTreeMap<u64, Vec<Vouched>>, blocks: Vec<BlockRow>) -> Self {
        let blocks = blocks.into_iter().filter_map(|row| Some((u64::try_from(row.block).ok()?, row.root))).collect();
        let mut walk = Self {
            log,
            last: 0,
            before: Some([[0; 32]; 2]),
            tree: Roots::default(),
            block: Roots::default(),
            whole: true,
            n_seen: 0,
            fitted: 0,
            n_fitted: 0,
            vouched,
            blocks,
            findings: Vec::new(),
        };
        walk.hold_against_vouched(0);
        walk
    }

    pub(crate) fn find(&mut self, kind: Kind, first: i64, last: i64, what: impl Into<String>) {
        self.findings.push(Finding { log: self.log, kind, first, last, what: what.into() });
    }

    /// Goes on by an entry: its number, its leaf, the chain kept with it, and what was wrong with the entry itself.
    pub(crate) fn entry(&mut self, number: i64, leaf: Hash, chain: &[u8], mut wrong: Vec<String>) {
        if number < 1 {
            self.find(Kind::Added, number, number, "numbers begin with 1");
            return;
        }
        if number > self.last + 1 {
            self.find(Kind::Missing, self.last + 1, number - 1, "not there");
            (self.before, self.whole) = (None, false);
        }
        let computed = self.before.map(|[kept, computed]| [kept, computed].map(|it| sha256(&[&it, &leaf])));
        if computed.is_some_and(|computed| !computed.iter().any(|it| it == chain)) {
            wrong.push("the chain does not fit".to_owned());
        }
        if !wrong.is_empty() {
            self.find(Kind::Altered, number, number, wrong.join("; "));
        }
        let kept = chain.try_into().unwrap_or_default();
        self.before = Some([kept, computed.map_or(kept, |[_, computed]| computed)]);
        (self.last, self.n_seen) = (number, self.n_seen + 1);
        self.tree.push(leaf);
        self.block.push(leaf);
        let size = u64::try_from(number).unwrap_or_default();
        self.hold_against_block(size);
        self.hold_against_vouched(size);
    }

    fn hold_against_block(&mut self, size: u64) {
        if !size.is_multiple_of(BLOCK) {
            return;
        }
        let root = std::mem::take(&mut self.block).root();
        let kept = self.blocks.remove(&(size / BLOCK - 1));
        if self.whole && kept.is_some_and(|kept| kept != root) {
            let (first, last) = (i64::try_from(size - BLOCK + 1), i64::try_from(size));
            self.find(
                Kind::Disagrees,
                first.unwrap_or(i64::MAX),
                last.unwrap_or(i64::MAX),
                "the kept root of these 256 entries is not what they give",
            );
        }
    }

    fn hold_against_vouched(&mut self, size: u64) {
        for Vouched { by, root } in self.vouched.remove(&size).unwrap_or_default() {
            let (first, last) =
                (i64::try_from(self.fitted + 1).unwrap_or(i64::MAX), i64::try_from(size).unwrap_or(i64::MAX));
            if !self.whole {
                self.find(Kind::Disagrees, first, last, format!("{by} vouches for entries of which some are missing"));
            } else if self.tree.root() == root {
                (self.fitted, self.n_fitted) = (size, self.n_fitted + 1);
            } else {
                self.find(Kind::Disagrees, first, last, format!("{by} vouches for other entries than these"));
            }
        }
    }

    /// The last entry was seen: it must be the last one that was ever given out.
    pub(crate) fn end(mut self, ends: &[EndRow]) -> LogReport {
        let last = self.last;
        match ends {
            [end] if end.value > last => {
                self.find(Kind::CutOff, last + 1, end.value, "given out, and not there");
            }
            [end] if end.value < last => {
                self.find(Kind::Added, end.value + 1, last, "after the last number that was given out");
            }
            [end] if self.before.is_none_or(|before| before.iter().any(|it| end.chain == it)) => {}
            [_] => {
                self.find(
                    Kind::Altered,
                    last,
                    last,
                    "the chain kept of the log's end is another than its last entry's",
                );
            }
            _ => self.find(Kind::Altered, last, last, "the log's end is not kept once"),
        }
        let n_there = u64::try_from(last).unwrap_or_default();
        for (size, vouched) in std::mem::take(&mut self.vouched) {
            let size_column = i64::try_from(size).unwrap_or(i64::MAX);
            for Vouched { by, .. } in vouched {
                if size > n_there {
                    let what = format!("{by} vouches for them, and they are not there");
                    self.find(Kind::CutOff, last + 1, size_column, what);
                } else {
                    let what = format!("{by} vouches for entries of which some are missing");
                    let first = i64::try_from(self.fitted + 1).unwrap_or(i64::MAX);
                    self.find(Kind::Disagrees, first, size_column, what);
                }
            }
        }
        let last_block = n_there / BLOCK;
        for block in std::mem::take(&mut self.blocks).into_keys().filter(|block| *block >= last_block) {
            let first = i64::try_from(block * BLOCK + 1).unwrap_or(i64::MAX);
            self.find(
                Kind::Disagrees,
                first,
                first.saturating_add(255),
                "a root is kept of entries that are not there",
            );
        }
        LogReport {
            log: self.log,
            entries: self.n_seen,
            checkpoints: self.n_fitted,
            vouched_up_to: self.fitted,
            n_without_payload: 0,
            findings: self.findings,
        }
    }
}
