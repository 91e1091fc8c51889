//! What this system is, as far as it decides how Postgres gets installed.

use std::fs;

use super::owner;

/// The one command that installs Postgres here.
pub(super) fn install_command() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let (command, privileged) = command(&release);
    if privileged && !owner::is_root() {
        return format!("`sudo {command}`");
    }
    format!("`{command}`")
}

/// The command for the system that `release` (os-release(5)) describes, and whether root must give
/// it. Without a release it is macOS.
pub(super) fn command(release: &str) -> (&'static str, bool) {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let kin = format!("{} {}", value("ID"), value("ID_LIKE"));
    for name in kin.split_whitespace() {
        match name {
            "debian" | "ubuntu" => return ("apt-get install -y postgresql", true),
            "fedora" | "rhel" | "centos" | "amzn" => {
                return ("dnf install -y postgresql-server postgresql-contrib", true);
            }
            "alpine" => return ("apk add postgresql postgresql-contrib", true),
            "arch" => return ("pacman -S --noconfirm postgresql", true),
            "suse" | "opensuse" => return ("zypper install -y postgresql-server", true),
            "nixos" => return ("nix-env -iA nixos.postgresql", false),
            _ => {}
        }
    }
    ("brew install postgresql@18", false)
}
