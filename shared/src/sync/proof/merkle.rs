//! Merkle trees as certificate transparency hashes them (RFC 6962 and RFC 9162, section 2.1).
//!
//! A tree commits to a list of entries by one hash. That an entry is in it, or that it only grew since, is proved by
//! a handful of hashes. What a proof is made of is told here as ranges of leaves: whoever keeps them knows best how to
//! come by the root of a range.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of an entry as a leaf.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of two neighbouring subtrees.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that grows. Kept of it are the roots of its complete subtrees, the largest first: as many as its size has
/// ones in binary.
///
/// ```
/// use shared::sync::proof::{Tree, leaf_hash, node_hash};
/// let leaves = [leaf_hash(b"first"), leaf_hash(b"second")];
/// assert_eq!(Tree::of(leaves).root(), node_hash(&leaves[0], &leaves[1]));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tree {
    size: u64,
    peaks: Vec<(u32, Hash)>,
}

impl Tree {
    /// The tree of these leaves.
    #[must_use]
    pub fn of(leaves: impl IntoIterator<Item = Hash>) -> Self {
        Self::of_subtrees(0, leaves)
    }

    /// The tree of complete subtrees of 2^`level` leaves each, told by their roots.
    #[must_use]
    pub fn of_subtrees(level: u32, roots: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        roots.into_iter().for_each(|root| tree.grow(level, root));
        tree
    }

    /// Appends a leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.grow(0, leaf);
    }

    fn grow(&mut self, mut level: u32, mut root: Hash) {
        self.size += 1 << level;
        while let Some((_, left)) = self.peaks.pop_if(|(peak, _)| *peak == level) {
            root = node_hash(&left, &root);
            level += 1;
        }
        self.peaks.push((level, root));
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root; of no leaves, the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let roots = self.peaks.iter().rev().map(|(_, root)| *root);
        roots.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// The largest power of two below `n`, which is at least 2: where RFC 6962 splits.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The ranges of leaves whose roots prove that the leaf `index`, from 0, is in the tree of `size` leaves, from the
/// leaf upwards; `None` when it is not in it.
#[must_use]
pub fn inclusion_path(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut within, mut path) = (0..size, Vec::new());
    while within.end - within.start > 1 {
        let middle = within.start + split(within.end - within.start);
        if index < middle {
            path.push(middle..within.end);
            within.end = middle;
        } else {
            path.push(within.start..middle);
            within.start = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The ranges of leaves whose roots prove that the tree of `new` leaves begins with the tree of `old` leaves; `None`
/// when there is nothing to prove, as the old one is empty or larger.
#[must_use]
pub fn consistency_path(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old == 0 || old > new {
        return None;
    }
    let (mut within, mut path) = (0..new, Vec::new());
    while old != within.end {
        let middle = within.start + split(within.end - within.start);
        if old <= middle {
            path.push(middle..within.end);
            within.end = middle;
        } else {
            path.push(within.start..middle);
            within.start = middle;
        }
    }
    if within.start > 0 {
        path.push(within);
    }
    path.reverse();
    Some(path)
}

/// Whether a proof shows that a leaf stands at `index` in the tree of this size and root (RFC 9162, 2.1.3.2).
#[must_use]
pub fn proves_inclusion(leaf: Hash, index: u64, size: u64, root: Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(beside, &hash);
            climb_while(&mut at, &mut last, |at| at % 2 == 0 && at != 0);
        } else {
            hash = node_hash(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == root
}

/// Whether a proof shows that the tree of `new` leaves begins with that of `old` leaves (RFC 9162, 2.1.4.2).
#[must_use]
pub fn proves_consistency((old, old_root): (u64, Hash), (new, new_root): (u64, Hash), proof: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let known = old.is_power_of_two().then_some(&old_root);
    let mut path = known.into_iter().chain(proof);
    let Some(first) = path.next() else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    climb_while(&mut at, &mut last, |at| at % 2 == 1);
    let (mut in_old, mut in_new) = (*first, *first);
    for beside in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            in_old = node_hash(beside, &in_old);
            in_new = node_hash(beside, &in_new);
            climb_while(&mut at, &mut last, |at| at % 2 == 0 && at != 0);
        } else {
            in_new = node_hash(&in_new, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && in_old == old_root && in_new == new_root
}

/// Goes up as long as there is no neighbour to be told.
fn climb_while(at: &mut u64, last: &mut u64, alone: impl Fn(u64) -> bool) {
    while alone(*at) {
        (*at, *last) = (*at / 2, *last / 2);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{
        Hash, Tree, consistency_path, inclusion_path, leaf_hash, node_hash, proves_consistency, proves_inclusion,
    };

    fn hash(hex: &str) -> Hash {
        let (high, low) = hex.split_at(32);
        let halves = [high, low].map(|half| u128::from_str_radix(half, 16).unwrap().to_be_bytes());
        halves.concat().try_into().unwrap()
    }

    /// The entries of certificate transparency's own tests (`testonly/reference_test.go` of transparency-dev/merkle).
    fn reference() -> Vec<Hash> {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        entries.into_iter().map(leaf_hash).collect()
    }

    /// The root as RFC 6962 defines it, by recursion.
    fn defined(leaves: &[Hash]) -> Hash {
        if let [leaf] = leaves {
            return *leaf;
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        node_hash(&defined(left), &defined(right))
    }

    fn roots(leaves: &[Hash], path: Option<Vec<Range<u64>>>) -> Vec<Hash> {
        let within = |range: Range<u64>| usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        path.unwrap().into_iter().map(|range| defined(&leaves[within(range)])).collect()
    }

    #[test]
    fn roots_are_those_of_the_reference_vectors() {
        let expected = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (n, root) in expected.into_iter().enumerate() {
            assert_eq!(Tree::of(reference()[..n].iter().copied()).root(), hash(root), "{n} leaves");
        }
    }

    #[test]
    fn inclusion_proofs_are_those_of_the_reference_vectors() {
        let check = |index, size, expected: &[&str]| {
            let leaves = &reference()[..size];
            let size = u64::try_from(size).unwrap();
            let proof = roots(leaves, inclusion_path(index, size));
            assert_eq!(proof, expected.iter().map(|it| hash(it)).collect::<Vec<_>>(), "{index} in {size}");
        };
        check(0, 1, &[]);
        check(0, 2, &["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"]);
        check(1, 2, &["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]);
        check(2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]);
        check(
            1,
            5,
            &[
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        );
        check(
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        );
        check(
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        );
        assert_eq!(inclusion_path(8, 8), None);
    }

    #[test]
    fn consistency_proofs_are_those_of_the_reference_vectors() {
        let check = |old, new, expected: &[&str]| {
            let leaves = &reference()[..new];
            let proof = roots(leaves, consistency_path(old, u64::try_from(new).unwrap()));
            assert_eq!(proof, expected.iter().map(|it| hash(it)).collect::<Vec<_>>(), "{old} to {new}");
        };
        check(1, 1, &[]);
        check(
            1,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        );
        check(
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        );
        check(
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        );
        assert_eq!(consistency_path(0, 8), None);
        assert_eq!(consistency_path(9, 8), None);
    }

    /// The leaves of a log of so many entries.
    fn leaves(size: u64) -> Vec<Hash> {
        (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    proptest! {
        #[test]
        fn a_tree_that_grew_has_the_root_that_the_rfc_defines(size in 1_u64..400, level in 0_u32..4) {
            let leaves = leaves(size);
            prop_assert_eq!(Tree::of(leaves.iter().copied()).root(), defined(&leaves));
            let mut chunks = leaves.chunks_exact(1 << level);
            let mut tree = Tree::of_subtrees(level, chunks.by_ref().map(defined));
            chunks.remainder().iter().for_each(|leaf| tree.append(*leaf));
            prop_assert_eq!((tree.size(), tree.root()), (size, defined(&leaves)));
        }

        #[test]
        fn a_leaf_is_proved_where_it_stands_and_nowhere_else(size in 1_u64..300, at in any::<prop::sample::Index>(), bit in 0_usize..256) {
            let (leaves, index) = (leaves(size), at.index(usize::try_from(size).unwrap()));
            let (leaf, root) = (leaves[index], defined(&leaves));
            let index = u64::try_from(index).unwrap();
            let mut proof = roots(&leaves, inclusion_path(index, size));
            prop_assert!(proves_inclusion(leaf, index, size, root, &proof));
            let mut other = leaf;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!proves_inclusion(other, index, size, root, &proof), "another leaf");
            for elsewhere in (0..size + 2).filter(|it| *it != index) {
                prop_assert!(!proves_inclusion(leaf, elsewhere, size, root, &proof), "at {}", elsewhere);
            }
            proof.push(leaf);
            prop_assert!(!proves_inclusion(leaf, index, size, root, &proof), "a proof too long");
            proof.truncate(proof.len().saturating_sub(2));
            prop_assert!(size == 1 || !proves_inclusion(leaf, index, size, root, &proof), "a proof too short");
        }

        #[test]
        fn a_log_that_only_grew_is_proved_and_no_other(new in 1_u64..300, at in any::<prop::sample::Index>(), nth in any::<prop::sample::Index>(), bit in 0_usize..256) {
            let (leaves, old) = (leaves(new), 1 + at.index(usize::try_from(new).unwrap()));
            let (old_root, new_root) = (defined(&leaves[..old]), defined(&leaves));
            let old = u64::try_from(old).unwrap();
            let mut proof = roots(&leaves, consistency_path(old, new));
            prop_assert!(proves_consistency((old, old_root), (new, new_root), &proof));
            let mut other = old_root;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!proves_consistency((old, other), (new, new_root), &proof), "another beginning");
            prop_assert!(!proves_consistency((old, old_root), (new, other), &proof), "another end");
            if let Some(chosen) = (!proof.is_empty()).then(|| nth.index(proof.len())) {
                proof[chosen][bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!proves_consistency((old, old_root), (new, new_root), &proof), "another proof");
            }
        }
    }
}
