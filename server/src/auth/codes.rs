//! Secrets as text: random references, and the letter's eight characters.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::clock::Chance;

/// Crockford's alphabet: no I, L, O or U to mistake.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 32 random bytes as base64url, for cookies, credentials and QR codes.
#[must_use]
pub fn random_text(chance: &Chance) -> String {
    URL_SAFE_NO_PAD.encode(chance.bytes::<32>())
}

/// SHA-256: enough to keep 256 random bits as a hash.
#[must_use]
pub fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// A letter's code: three characters say which letter, five prove that it was read.
#[derive(Clone, Eq, PartialEq)]
pub struct Code {
    /// Which letter; unique among the open ones.
    pub selector: String,
    /// What proves it; kept as a hash.
    pub verifier: String,
}

impl Code {
    /// A random code.
    #[must_use]
    pub fn random(chance: &Chance) -> Self {
        let text: String = chance
            .bytes::<8>()
            .iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied())
            .map(char::from)
            .collect();
        let (selector, verifier) = text.split_at(3);
        Self { selector: selector.to_owned(), verifier: verifier.to_owned() }
    }

    /// Reads what was typed: case, spaces and dashes do not matter, nor O for 0 and I or L for 1.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let text = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect::<String>();
        let known = text.bytes().all(|byte| ALPHABET.contains(&byte));
        let (selector, verifier) = text.split_at_checked(3).filter(|_| known && text.len() == 8)?;
        Some(Self { selector: selector.to_owned(), verifier: verifier.to_owned() })
    }

    /// As printed: two groups of four.
    #[must_use]
    pub fn printed(&self) -> String {
        format!("{}{}", self.selector, self.verifier)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::clock::Chance;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code::random(&Chance::seeded(1));
        let printed = code.printed();
        assert_eq!(printed.len(), 8);
        let (front, back) = printed.split_at(4);
        let dashed = format!(" {front}-{} ", back.to_lowercase());
        assert_eq!(Code::parse(&dashed), Some(code));
        assert_eq!(Code::parse("oil 0IL 23"), Code::parse("01101123"));
        assert_eq!(Code::parse("0110112"), None);
        assert_eq!(Code::parse("U1101123"), None);
        assert_eq!(Code::parse("é110112"), None);
    }
}
