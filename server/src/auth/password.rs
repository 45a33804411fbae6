//! Passwords: argon2id, a few at a time so that a flood of tries cannot take the machine.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::clock::Chance;

/// How many hashes are computed side by side: each takes 19 MiB and a core.
static AT_WORK: Semaphore = Semaphore::const_new(2);

/// A hash that no password fits: checking against it takes as long as a real one, so that time tells nothing.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHk$0000000000000000000000000000000000000000000";

/// Hashes a password with a salt of its own (PHC format).
///
/// # Errors
/// When the hashing itself fails, which takes a machine out of memory.
pub async fn hash(password: String, chance: &Chance) -> anyhow::Result<String> {
    let salt: [u8; 16] = chance.bytes();
    let _turn = AT_WORK.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let hashed: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hashed.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hashing a password: {error}"))
    })
    .await?
}

/// Whether the password fits the hash; with no hash it never does, and takes as long.
///
/// # Errors
/// When a stored hash cannot be read.
pub async fn verify(password: String, hash: Option<String>) -> anyhow::Result<bool> {
    let _turn = AT_WORK.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| anyhow::anyhow!("reading a password hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};
    use crate::clock::Chance;

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let stored = hash("cheval agrafe".to_owned(), &Chance::System).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify("cheval agrafe".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("cheval agrafé".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("cheval agrafe".to_owned(), None).await.unwrap());
    }
}
