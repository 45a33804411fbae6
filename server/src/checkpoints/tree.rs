//! The Merkle tree of a log, from kept roots of 256 entries each and the leaves after those.

use std::{collections::BTreeMap, ops::Range};

use shared::sync::proof::{Hash, Tree, consistency_path, inclusion_path};

use super::{Log, queries};
use crate::db::Tx;

/// Entries in a block, whose root is kept: 2^8.
pub(super) const BLOCK: u64 = 1 << LEVEL;

const LEVEL: u32 = 8;

/// The tree of a log as it stood in one snapshot.
pub(super) struct LogTree {
    log: Log,
    /// Roots of complete blocks.
    blocks: Vec<Hash>,
    /// How many of them were kept already.
    n_kept: usize,
    /// The leaves of some blocks, the incomplete last one among them.
    leaves: BTreeMap<u64, Vec<Hash>>,
    size: u64,
}

impl LogTree {
    pub(super) async fn load(tx: &mut Tx, log: Log) -> sqlx::Result<Self> {
        let mut blocks = queries::list_blocks(tx, log).await?;
        let n_kept = blocks.len();
        let mut at = u64::try_from(n_kept).unwrap_or_default();
        loop {
            let leaves = queries::list_leaves(tx, log, at * BLOCK, BLOCK).await?;
            let n = u64::try_from(leaves.len()).unwrap_or_default();
            if n < BLOCK {
                return Ok(Self { log, blocks, n_kept, leaves: BTreeMap::from([(at, leaves)]), size: at * BLOCK + n });
            }
            blocks.push(Tree::of(leaves).root());
            at += 1;
        }
    }

    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn root(&self) -> Hash {
        self.root_of(0..self.size)
    }

    /// The roots of blocks that were not kept yet, by their number.
    pub(super) fn into_new_blocks(self) -> Vec<(u64, Hash)> {
        (0..).zip(self.blocks).skip(self.n_kept).collect()
    }

    /// What proves that the entry at `index`, from 0, is in the tree; `None` when it is not.
    pub(super) async fn prove_inclusion(&mut self, tx: &mut Tx, index: u64) -> sqlx::Result<Option<Vec<Hash>>> {
        self.load_block_of(tx, index).await?;
        Ok(inclusion_path(index, self.size).map(|path| self.roots_of(path)))
    }

    /// What proves that the tree began with the tree of `old` entries; `None` when it was never one.
    pub(super) async fn prove_consistency(&mut self, tx: &mut Tx, old: u64) -> sqlx::Result<Option<Vec<Hash>>> {
        self.load_block_of(tx, old.saturating_sub(1)).await?;
        Ok(consistency_path(old, self.size).map(|path| self.roots_of(path)))
    }

    async fn load_block_of(&mut self, tx: &mut Tx, index: u64) -> sqlx::Result<()> {
        let block = index / BLOCK;
        if index < self.size && !self.leaves.contains_key(&block) {
            self.leaves.insert(block, queries::list_leaves(tx, self.log, block * BLOCK, BLOCK).await?);
        }
        Ok(())
    }

    fn roots_of(&self, path: Vec<Range<u64>>) -> Vec<Hash> {
        path.into_iter().map(|range| self.root_of(range)).collect()
    }

    /// The root of a range as RFC 6962 splits: within a block whose leaves are loaded, or from the first of a block.
    fn root_of(&self, range: Range<u64>) -> Hash {
        let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let first = range.start / BLOCK;
        if let Some(leaves) = self.leaves.get(&first)
            && range.end <= (first + 1) * BLOCK
        {
            let (skipped, taken) = (count(range.start - first * BLOCK), count(range.end - range.start));
            return Tree::of(leaves.iter().copied().skip(skipped).take(taken)).root();
        }
        let last = range.end / BLOCK;
        let blocks = self.blocks.iter().copied().skip(count(first)).take(count(last - first));
        let mut tree = Tree::of_subtrees(LEVEL, blocks);
        let rest = self.leaves.get(&last).into_iter().flatten().take(count(range.end % BLOCK));
        rest.for_each(|leaf| tree.append(*leaf));
        tree.root()
    }
}
