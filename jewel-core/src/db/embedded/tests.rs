//! The pure parts: what is read, what is named, what is chosen. A server is started in the
//! package's integration tests.

use std::fs;
use std::path::{Path, PathBuf};

use super::binaries::{fits, usual, version};
use super::cluster::target_folder;
use super::fetch::Error as FetchError;
use super::pins::{Kind, PINS, Pin};
use super::status::{State, parse};
use super::{Cluster, Embedded, Error, Search, fetch, name, owner, socket, system};

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("jewel-embedded-{}-{test}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const STATUS: &str = "\
17873
/srv/photos/.jewel/pg/data
1795342265
5432
/tmp/jewel-0b272db902c2d58c

 1234567         3
ready   
";

#[test]
fn a_status_is_read_as_far_as_it_is_written() {
    let ready = parse(STATUS).unwrap();
    assert_eq!(ready.process, 17873);
    assert_eq!(ready.data, Path::new("/srv/photos/.jewel/pg/data"));
    assert_eq!(ready.socket, Path::new("/tmp/jewel-0b272db902c2d58c"));
    assert_eq!(ready.state, State::Ready);

    let starting = parse(&STATUS.replace("ready   ", "starting")).unwrap();
    assert_eq!(starting.state, State::Starting);
    let stopping = parse(&STATUS.replace("ready   ", "stopping")).unwrap();
    assert_eq!(stopping.state, State::Other);
    assert_eq!(parse("17873\n/data\n").unwrap().state, State::Other);

    assert_eq!(parse(""), None);
    assert_eq!(parse("17873"), None);
    // What a server without a postmaster writes.
    assert_eq!(parse("-17873\n/data\n"), None);
}

#[test]
fn a_version_is_the_number_after_the_name() {
    assert_eq!(version("postgres (PostgreSQL) 18.4"), Some(18));
    assert_eq!(version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
    assert_eq!(version("postgres (PostgreSQL) 19beta1"), Some(19));
    assert_eq!(version("postgres: command not found"), None);
    assert_eq!(version(""), None);
}

#[test]
fn a_new_cluster_takes_15_or_newer_and_an_old_one_its_own() {
    assert!(fits(14, None).is_err());
    assert!(fits(15, None).is_ok());
    assert!(fits(19, None).is_ok());
    assert!(fits(18, Some(18)).is_ok());
    assert!(fits(18, Some(15)).is_err());
}

#[test]
fn the_newest_installation_comes_first() {
    let folder = Folder::new("usual");
    for name in ["pgsql-9", "pgsql-18", "pgsql-15", "pgsql-share", "other"] {
        fs::create_dir(folder.0.join(name)).unwrap();
    }
    let expected = ["18", "15", "9"].map(|v| folder.0.join(format!("pgsql-{v}")).join("bin"));
    assert_eq!(usual(&folder.0, "pgsql-", "bin"), expected);
    assert_eq!(usual(Path::new("/nowhere"), "", ""), Vec::<PathBuf>::new());
}

#[test]
fn an_empty_machine_is_told_how_to_install() {
    let folder = Folder::new("empty");
    let search = Search { chosen: None, folders: vec![folder.0.clone()], caches: Vec::new() };
    let error = Embedded::start_with(&Cluster::project(&folder.0), || search).unwrap_err();
    let Error::NoBinaries { fetch, .. } = &error else {
        panic!("{error}");
    };
    assert!(matches!(**fetch, FetchError::NoCache));
    assert!(error.to_string().contains("no PostgreSQL 15 or newer was found, and no cache"));
}

#[test]
fn a_chosen_folder_without_programs_is_an_error_and_not_passed_over() {
    let folder = Folder::new("chosen");
    let search = Search {
        chosen: Some(folder.0.clone()),
        ..Search::of_environment(&Cluster::project(&folder.0))
    };
    let error = Embedded::start_with(&Cluster::project(&folder.0), || search).unwrap_err();
    assert!(matches!(error, Error::Chosen { .. }), "{error}");
}

#[test]
fn a_package_with_another_hash_is_refused() {
    let folder = Folder::new("hash");
    let package = folder.0.join("package.whl");
    fs::write(&package, "abc").unwrap();
    let mut pin = Pin {
        package: "example",
        version: "1.0.0",
        kind: Kind::Wheel,
        hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    };
    fetch::verify(&pin, &package).unwrap();
    pin.kind = Kind::Npm;
    let refused = fetch::verify(&pin, &package);
    assert!(matches!(refused, Err(FetchError::Hash { .. })));
}

#[test]
fn every_pin_has_a_whole_hash_and_each_system_both_kinds() {
    for (_, _, pin) in &PINS {
        let length = match pin.kind {
            Kind::Npm => 128,
            Kind::Wheel => 64,
        };
        assert_eq!(pin.hash.len(), length, "{pin:?}");
        assert!(pin.hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    }
    for os in ["linux", "macos"] {
        for arch in ["x86_64", "aarch64"] {
            let pins = PINS.iter().filter(|(o, a, _)| (*o, *a) == (os, arch));
            let kinds: Vec<_> = pins.map(|(_, _, pin)| pin.kind).collect();
            assert_eq!(kinds, [Kind::Npm, Kind::Wheel], "{os} {arch}");
        }
    }
}

#[test]
fn a_link_stays_in_its_package() {
    let check = |source, target, expected: Option<&str>| {
        assert_eq!(fetch::relative(source, target).as_deref(), expected);
    };
    check("native/lib/a.so.1", "native/lib/a.so", Some("../../native/lib/a.so.1"));
    check("a", "b", Some("a"));
    check("../a", "b", None);
    check("a", "x/../../b", None);
    check("/a", "b", None);
}

#[test]
fn root_hands_the_server_to_the_least_of_users() {
    let check = |users: &str, expected| assert_eq!(owner::servant(users).uid, expected);
    let nobody = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
    check(nobody, 65534);
    check(&format!("{nobody}postgres:x:101:104::/var:/bin/bash\n"), 101);
    check("postgres:x:0:0::/:/bin/sh\n", 65534);
    check("nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n", 4_294_967_294);
    check("", 65534);
}

#[test]
fn a_url_states_what_the_environment_could_change() {
    let folder = Path::new("/tmp/jewel-0b272db902c2d58c");
    assert_eq!(
        socket::url(folder, "photos"),
        "postgres://jewel@localhost:5432/photos?host=/tmp/jewel-0b272db902c2d58c&sslmode=disable"
    );
    assert!(socket::url(folder, "a/b?c é").contains("/a%2Fb%3Fc%20%C3%A9?host="));
}

#[test]
fn each_system_has_its_one_command() {
    let check = |release, expected| assert_eq!(system::command(release).0, expected);
    check("ID=debian\n", "apt-get install -y postgresql");
    check("NAME=\"X\"\nID=mint\nID_LIKE=\"ubuntu debian\"\n", "apt-get install -y postgresql");
    check(
        "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
        "dnf install -y postgresql-server postgresql-contrib",
    );
    check("ID=alpine\n", "apk add postgresql postgresql-contrib");
    check("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n", "zypper install -y postgresql-server");
    check("", "brew install postgresql@18");
}

#[test]
fn only_a_cluster_for_tests_forgoes_the_disk() {
    let careless = |cluster: Cluster| cluster.settings().contains(&"fsync=off");
    assert!(careless(Cluster::tests("/srv/photos/target")));
    assert!(!careless(Cluster::project("/srv/photos")));
    let folder = Cluster::project("/srv/photos").folder().to_path_buf();
    assert_eq!(folder, Path::new("/srv/photos/.jewel/pg"));
}

#[test]
fn a_target_folder_is_known_by_its_mark() {
    let folder = Folder::new("target");
    let program = folder.0.join("debug").join("deps").join("it-0123");
    assert_eq!(target_folder(&program), None);
    fs::write(folder.0.join("CACHEDIR.TAG"), "").unwrap();
    assert_eq!(target_folder(&program), Some(folder.0.as_path()));
}

#[test]
fn names_of_databases_tell_their_template_and_their_process() {
    assert_eq!(name::template(b"abc"), "jewel_template_ba7816bf8f01cfea");
    let copy = name::copy(b"abc", u32::MAX, u64::MAX);
    assert_eq!(copy, "jewel_test_ba7816bf8f01cfea_4294967295_18446744073709551615");
    assert!(copy.len() <= 63);
    assert_eq!(name::copy_owner(&copy), Some(u32::MAX));
    assert_eq!(name::copy_owner("jewel_test_ba7816bf8f01cfea_12_3_4"), None);
    assert_eq!(name::copy_owner("jewel_test_short_12_3"), None);
    assert_eq!(name::copy_owner("photos"), None);
}
