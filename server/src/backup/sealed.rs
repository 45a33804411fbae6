//! The file of a backup: a first line, then three sections, each its length in eight bytes and an age file.
//!
//! Sections are gzipped and sealed with age (X25519, ChaCha20-Poly1305 in authenticated chunks), so that a bit that is
//! changed, anywhere, or an end that is missing, does not open. The research part can be opened without the identity
//! part; the last section is the manifest, which a backup that was broken off does not have.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use age::{
    DecryptError, Decryptor, Encryptor,
    secrecy::ExposeSecret as _,
    stream::{StreamReader, StreamWriter},
    x25519,
};
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};
use shared::sync::proof::Hash;
use tempfile::NamedTempFile;

use super::BackupError;

/// The first line, with the version of the file's layout.
const FIRST_LINE: &[u8] = b"ressenti backup 1\n";

/// The number of sections.
pub(super) const SECTIONS: usize = 3;

/// Whom a backup is sealed for: the public half of a [`Key`]; no secret.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

/// What opens a backup.
pub struct Key(x25519::Identity);

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Recipient {
    /// Reads `age1…`.
    ///
    /// # Errors
    /// When the text is none.
    pub fn parse(text: &str) -> Result<Self, BackupError> {
        text.parse().map(Self).map_err(|_| BackupError::NoKey(text.to_owned()))
    }
}

impl Key {
    /// Makes a key in a new file that this account alone may read, and gives its public half.
    ///
    /// # Errors
    /// When there is such a file already, or it cannot be written.
    pub fn make(path: &Path) -> Result<Recipient, BackupError> {
        let identity = x25519::Identity::generate();
        let recipient = identity.to_public();
        let failed = failed(path);
        let mut file = NamedTempFile::new_in(folder(path)).map_err(&failed)?; // nobody else may read these
        writeln!(file, "# public key: {recipient}\n{}", identity.to_string().expose_secret()).map_err(&failed)?;
        persist(file, path)?;
        Ok(Recipient(recipient))
    }

    /// Reads a key from its file, as this or `age-keygen` wrote it.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let text = std::fs::read_to_string(path).map_err(failed(path))?;
        let mut keys = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let key = keys.next().and_then(|line| line.trim().parse().ok()).map(Self);
        key.ok_or_else(|| BackupError::NoKey(path.display().to_string()))
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path.clone(), error)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives a file its name once it is on the disk; one that is there already stays.
fn persist(file: NamedTempFile, path: &Path) -> Result<(), BackupError> {
    file.as_file().sync_all().map_err(failed(path))?;
    file.persist_noclobber(path).map_err(|refused| failed(path)(refused.error))?;
    File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(failed(path))
}

/// A backup that is being written, under another name.
pub(super) struct SealedFile {
    file: NamedTempFile,
    path: PathBuf,
    recipients: Vec<Recipient>,
}

/// A section that is being written; it counts towards its hash what is put into it.
pub(super) struct Section {
    out: GzEncoder<StreamWriter<BufWriter<File>>>,
    hash: Sha256,
    begins: u64,
}

impl Write for Section {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hash.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SealedFile {
    /// Begins beside where it is to be.
    pub(super) fn create(path: &Path, recipients: &[Recipient]) -> Result<Self, BackupError> {
        if path.try_exists().map_err(failed(path))? {
            return Err(failed(path)(io::ErrorKind::AlreadyExists.into()));
        }
        let mut file = NamedTempFile::new_in(folder(path)).map_err(failed(path))?;
        file.write_all(FIRST_LINE).map_err(failed(path))?;
        Ok(Self { file, path: path.to_owned(), recipients: recipients.to_vec() })
    }

    /// Begins the next section.
    pub(super) fn begin(&mut self) -> Result<Section, BackupError> {
        let failed = failed(&self.path);
        let begins = self.file.stream_position().map_err(&failed)?;
        self.file.write_all(&0_u64.to_be_bytes()).map_err(&failed)?;
        let out = BufWriter::new(self.file.as_file().try_clone().map_err(&failed)?);
        let recipients = self.recipients.iter().map(|it| -> &dyn age::Recipient { &it.0 });
        let sealing = Encryptor::with_recipients(recipients).map_err(|error| failed(io::Error::other(error)))?;
        let out = GzEncoder::new(sealing.wrap_output(out).map_err(&failed)?, Compression::fast());
        Ok(Section { out, hash: Sha256::new(), begins })
    }

    /// Ends a section, and gives the SHA-256 of what was put into it.
    pub(super) fn end(&mut self, section: Section) -> Result<Hash, BackupError> {
        let Section { out, hash, begins } = section;
        let failed = failed(&self.path);
        out.finish().and_then(StreamWriter::finish).and_then(|mut out| out.flush()).map_err(&failed)?;
        let ends = self.file.seek(SeekFrom::End(0)).map_err(&failed)?;
        let length = ends - begins - 8;
        self.file.seek(SeekFrom::Start(begins)).map_err(&failed)?;
        self.file.write_all(&length.to_be_bytes()).map_err(&failed)?;
        self.file.seek(SeekFrom::Start(ends)).map_err(&failed)?;
        Ok(hash.finalize().into())
    }

    /// Gives the file its name.
    pub(super) fn persist(self) -> Result<(), BackupError> {
        persist(self.file, &self.path)
    }
}

/// What a section was before it was compressed.
type Plain = StreamReader<io::Take<BufReader<File>>>;

/// A section that is being read.
pub(super) struct Opened {
    text: BufReader<GzDecoder<BufReader<Plain>>>,
}

/// Opens a section by its place from 0.
pub(super) fn open(path: &Path, key: &Key, nth: usize) -> Result<Opened, BackupError> {
    const CUT_OFF: BackupError = BackupError::Damaged("it ends too early");
    let mut file = BufReader::new(File::open(path).map_err(failed(path))?);
    let mut first_line = [0; FIRST_LINE.len()];
    file.read_exact(&mut first_line).map_err(|_| BackupError::NoBackup)?;
    if first_line != FIRST_LINE {
        return Err(BackupError::NoBackup);
    }
    let size = file.get_ref().metadata().map_err(failed(path))?.len();
    let (mut at, mut wanted) = (u64::try_from(FIRST_LINE.len()).unwrap_or_default(), None);
    for section in 0..SECTIONS {
        let mut length = [0; 8];
        let sought = if at < size { file.seek(SeekFrom::Start(at)).map_err(failed(path)) } else { Err(CUT_OFF) };
        sought.and_then(|_| file.read_exact(&mut length).map_err(|_| CUT_OFF))?;
        let length = u64::from_be_bytes(length);
        if section == nth {
            wanted = Some((at + 8, length));
        }
        at = at.saturating_add(8).saturating_add(length);
    }
    let wanted = wanted.filter(|_| at == size);
    let (begins, length) = wanted.ok_or(BackupError::Damaged("its length is not that of its parts"))?;
    file.seek(SeekFrom::Start(begins)).map_err(failed(path))?;
    let opening =
        Decryptor::new_buffered(file.take(length)).and_then(|it| it.decrypt(std::iter::once(as_identity(key))));
    let plain = opening.map_err(|error| {
        let is_other = matches!(error, DecryptError::NoMatchingKeys);
        if is_other { BackupError::OtherKey } else { BackupError::Damaged("a part does not open") }
    })?;
    Ok(Opened { text: BufReader::new(GzDecoder::new(BufReader::new(plain))) })
}

fn as_identity(key: &Key) -> &dyn age::Identity {
    &key.0
}

impl Opened {
    /// The next line with its end; empty at the end of the section, all of which has then been proved.
    pub(super) fn line(&mut self) -> Result<String, BackupError> {
        const ALTERED: BackupError = BackupError::Damaged("a part was altered");
        let mut line = String::new();
        self.text.read_line(&mut line).map_err(|_| ALTERED)?;
        // the end of what was compressed must be the end of what was sealed, and that of the section
        if line.is_empty() && self.text.get_mut().get_mut().read(&mut [0]).map_err(|_| ALTERED)? > 0 {
            return Err(ALTERED);
        }
        Ok(line)
    }

    /// Reads all of it, and gives its SHA-256 and its last line.
    pub(super) fn read(mut self) -> Result<(Hash, String), BackupError> {
        let (mut hash, mut last) = (Sha256::new(), String::new());
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok((hash.finalize().into(), last));
            }
            hash.update(line.as_bytes());
            last = line;
        }
    }
}
