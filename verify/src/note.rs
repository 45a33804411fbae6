//! Checkpoints as text: C2SP tlog-checkpoint within C2SP signed-note, with Ed25519 keys.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::hashes::{Hash, sha256};

/// A key that checkpoints are signed with, by its name.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    name: String,
    id: [u8; 4],
    public: VerifyingKey,
}

/// The head of a log, and who signed it.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    text: String,
    signatures: Vec<(String, Vec<u8>)>,
}

impl Key {
    /// `name+id+key`, the id in hexadecimal and the key in base64 after the byte of its kind.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.trim().split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        let id = u32::from_str_radix(id, 16).ok()?.to_be_bytes();
        let key = STANDARD.decode(key).ok()?;
        let (1, key) = key.split_first().map(|(kind, key)| (*kind, key))? else { return None };
        let computed = sha256(&[name.as_bytes(), b"\n\x01", key]);
        let public = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        (computed.first_chunk() == Some(&id)).then(|| Self { name: name.to_owned(), id, public })
    }
}

impl Checkpoint {
    /// Reads one; whether it is signed is another question.
    pub(crate) fn parse(note: &str) -> Option<Self> {
        let (text, signed) = note.rsplit_once("\n\n")?;
        let text = format!("{text}\n");
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?.to_owned(), lines.next()?, lines.next()?);
        let digits = size == "0" || !size.starts_with('0') && size.bytes().all(|byte| byte.is_ascii_digit());
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        let signatures = signed.lines().map(|line| {
            let (name, signature) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            Some((name.to_owned(), STANDARD.decode(signature).ok()?))
        });
        let signatures = signatures.collect::<Option<Vec<_>>>()?;
        (digits && !origin.is_empty()).then_some(())?;
        Some(Self { origin, size: size.parse().ok()?, root, text, signatures })
    }

    /// Reads a file of several, one after the other with an empty line between.
    pub(crate) fn parse_all(file: &str) -> Option<Vec<Self>> {
        let mut parts = file.trim().split("\n\n");
        let mut read = Vec::new();
        while let Some(text) = parts.next() {
            read.push(Self::parse(&format!("{text}\n\n{}\n", parts.next()?))?);
        }
        Some(read)
    }

    /// Whether one of these keys, named as the log itself, signed it, and none of them wrongly.
    pub(crate) fn is_signed(&self, keys: &[Key]) -> bool {
        let mut signed = false;
        for (name, signature) in &self.signatures {
            let Some((id, signature)) = signature.split_first_chunk::<4>() else { return false };
            let known = keys.iter().find(|key| key.name == *name && key.id == *id && key.name == self.origin);
            let Some(key) = known else { continue };
            let Ok(signature) = Signature::from_slice(signature) else { return false };
            if key.public.verify_strict(self.text.as_bytes(), &signature).is_err() {
                return false;
            }
            signed = true;
        }
        signed
    }
}

#[cfg(test)]
mod tests {
    use super::{Checkpoint, Key};

    /// The example of the Go module `sumdb/note`, where the format comes from.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const SIGNED: &str = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    fn note(text: &str) -> Checkpoint {
        let signatures = vec![("PeterNeumann".to_owned(), base64::Engine::decode(&super::STANDARD, SIGNED).unwrap())];
        Checkpoint { origin: "PeterNeumann".to_owned(), size: 0, root: [0; 32], text: text.to_owned(), signatures }
    }

    #[test]
    fn the_reference_note_is_signed_and_a_changed_one_is_not() {
        let keys = [Key::parse(KEY).unwrap()];
        assert!(note(TEXT).is_signed(&keys));
        assert!(!note(&TEXT.replace("you", "I")).is_signed(&keys));
        assert!(!note(TEXT).is_signed(&[]), "by nobody who is known");
        assert!(Key::parse(&KEY.replace("c74f20a3", "c74f20a4")).is_none(), "an id of another key");
    }

    #[test]
    fn the_example_of_the_specification_is_read() {
        let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} \
                    example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        let read = Checkpoint::parse(note).unwrap();
        assert_eq!((read.origin.as_str(), read.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(Checkpoint::parse_all(&format!("{note}\n{note}")).unwrap().len(), 2);
        assert!(Checkpoint::parse(&note.replace("20852163", "020852163")).is_none());
        assert!(Checkpoint::parse(&note.replace("20852163", "-1")).is_none());
    }
}
