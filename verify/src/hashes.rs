//! The hashes of the two logs, written anew from `docs/protocol.md` and RFC 6962.

use sha2::{Digest, Sha256};

pub(crate) type Hash = [u8; 32];

/// Entries in one block of the tree whose root is kept.
pub(crate) const BLOCK: u64 = 256;

pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The root over a growing list of leaves. The roots of complete subtrees wait, each with its size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roots {
    waiting: Vec<(u64, Hash)>,
}

impl Roots {
    pub(crate) fn push(&mut self, leaf: Hash) {
        let (mut size, mut root) = (1, leaf);
        while let Some(&(left_size, left)) = self.waiting.last() {
            if left_size != size {
                break;
            }
            self.waiting.pop();
            root = sha256(&[&[1], &left, &root]);
            size += left_size;
        }
        self.waiting.push((size, root));
    }

    pub(crate) fn root(&self) -> Hash {
        let mut roots = self.waiting.iter().rev();
        let Some(&(_, mut root)) = roots.next() else { return sha256(&[]) };
        for (_, left) in roots {
            root = sha256(&[&[1], left, &root]);
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use super::{Roots, sha256};

    #[test]
    fn eight_entries_have_the_root_of_the_reference_vectors() {
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
        let mut roots = Roots::default();
        let hex = |roots: &Roots| roots.root().map(|byte| format!("{byte:02x}")).concat();
        let expected = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ];
        for (entry, root) in entries.iter().zip(expected) {
            assert_eq!(hex(&roots), root);
            roots.push(sha256(&[&[0], entry]));
        }
        assert_eq!(hex(&roots), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }
}
