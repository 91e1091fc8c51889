//! What the private server promises, with real servers: each test makes a cluster of its own among
//! the temporary files, where the server's user may go, and removes it. Looks at files and sockets,
//! for the launcher knows no SQL.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use jewel_core::db::{Cluster, Embedded, EmbeddedError as Error};

/// A project of the test's own, whose server is stopped and whose files are removed at its end.
struct Project {
    root: PathBuf,
    cluster: Cluster,
}

impl Project {
    fn new(test: &str) -> Self {
        let name = format!("embedded-{}-{test}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let cluster = Cluster::tests(&root);
        Self { root, cluster }
    }

    fn start(&self) -> Embedded {
        Embedded::start(&self.cluster).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Where the cluster really lies: elsewhere, when the server's user may not enter the folder
    /// asked for.
    fn home(&self) -> PathBuf {
        let asked = self.cluster.folder();
        let place = fs::read_to_string(asked.join("place"));
        let away = place.ok().and_then(|text| text.lines().next().map(PathBuf::from));
        away.unwrap_or_else(|| asked.to_path_buf())
    }

    /// The lines of the server's status that name its process and the folder of its socket.
    fn server(&self) -> (String, PathBuf) {
        let path = self.home().join("data/postmaster.pid");
        let status =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let line = |number: usize| status.lines().nth(number - 1).unwrap_or_default().to_owned();
        (line(1), line(5).into())
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = Embedded::stop_cluster(&self.cluster);
        let _ = fs::remove_dir_all(self.home());
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn kill(process: &str) {
    let status = Command::new("sh").args(["-c", "kill -KILL \"$1\"", "sh", process]).status();
    assert!(status.is_ok_and(|status| status.success()));
}

#[test]
fn the_server_answers_in_a_folder_that_others_cannot_enter() {
    let project = Project::new("answers");
    let server = project.start();
    let (_, socket) = project.server();
    let url = server.url("photos");
    assert!(url.starts_with("postgres://jewel@localhost:5432/photos?host=/tmp/"), "{url}");
    assert!(url.contains(socket.to_str().unwrap()), "{url}");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(UnixStream::connect(socket.join(".s.PGSQL.5432")).is_ok());
}

#[test]
fn starts_at_the_same_moment_make_one_cluster_and_one_server() {
    let project = Project::new("together");
    let urls: Vec<String> = thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| project.start().url("a"))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    let log = fs::read_to_string(project.home().join("postgres.log")).unwrap();
    assert_eq!(log.matches("database system is ready").count(), 1, "{log}");
}

#[test]
fn a_later_start_attaches() {
    let project = Project::new("attaches");
    drop(project.start());
    let before = project.server();
    drop(project.start());
    assert_eq!(project.server(), before);
}

#[test]
fn a_killed_server_is_replaced_and_keeps_its_data() {
    let project = Project::new("killed");
    drop(project.start());
    let (process, socket) = project.server();
    let mark = project.home().join("data/mark");
    fs::write(&mark, "").unwrap();
    kill(&process);
    drop(project.start());
    assert_ne!(project.server().0, process);
    assert_eq!(project.server().1, socket);
    assert!(mark.exists());
}

#[test]
fn a_stopped_server_is_gone_and_stopping_again_is_no_error() {
    let project = Project::new("stopped");
    Embedded::stop_cluster(&project.cluster).unwrap();
    let server = project.start();
    let (_, socket) = project.server();
    server.stop().unwrap();
    assert!(UnixStream::connect(socket.join(".s.PGSQL.5432")).is_err());
    assert!(!project.home().join("data/postmaster.pid").exists());
    Embedded::stop_cluster(&project.cluster).unwrap();
    drop(project.start());
}

#[test]
fn a_server_whose_socket_was_cleaned_away_is_replaced() {
    let project = Project::new("cleaned");
    drop(project.start());
    let (process, socket) = project.server();
    fs::remove_dir_all(&socket).unwrap();
    drop(project.start());
    assert_ne!(project.server().0, process);
    assert!(UnixStream::connect(socket.join(".s.PGSQL.5432")).is_ok());
}

#[test]
fn a_half_made_cluster_is_never_used() {
    let project = Project::new("half");
    let half = project.cluster.folder().join("data.new");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("PG_VERSION"), "18").unwrap();
    drop(project.start());
    assert!(!half.exists());
    assert!(project.home().join("data/global/pg_control").exists());
}

#[test]
fn a_copied_project_gets_a_server_of_its_own() {
    let (project, copy) = (Project::new("original"), Project::new("copy"));
    drop(project.start());
    fs::create_dir_all(&copy.root).unwrap();
    let (from, to) = (project.home(), copy.cluster.folder());
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let status = Command::new("cp").arg("-a").args([&from, to]).status();
    assert!(status.unwrap().success());
    drop(copy.start());
    assert_ne!(copy.server(), project.server());
}

#[test]
fn a_moved_project_is_served_where_it_is() {
    let (project, moved) = (Project::new("old"), Project::new("new"));
    drop(project.start());
    fs::rename(&project.root, &moved.root).unwrap();
    drop(moved.start());
    let data = moved.home().join("data");
    let status = fs::read_to_string(data.join("postmaster.pid")).unwrap();
    assert_eq!(status.lines().nth(1), data.to_str());
}

#[test]
fn a_cluster_of_a_version_that_is_not_here_is_left_as_it_is() {
    let project = Project::new("version");
    project.start().stop().unwrap();
    let version = project.home().join("data/PG_VERSION");
    let made_by = fs::read_to_string(&version).unwrap();
    fs::write(&version, "9\n").unwrap();
    // The second, when the environment names the programs to use.
    let error = Embedded::start(&project.cluster).unwrap_err();
    assert!(matches!(error, Error::OtherVersion { .. } | Error::Chosen { .. }), "{error}");
    fs::write(&version, made_by).unwrap();
    drop(project.start());
}

#[test]
fn a_path_longer_than_a_socket_s_works() {
    let project = Project::new(&"long".repeat(50));
    drop(project.start());
    let (_, socket) = project.server();
    assert!(socket.as_os_str().len() < 80);
}

#[test]
fn a_server_that_cannot_start_tells_why() {
    let project = Project::new("why");
    project.start().stop().unwrap();
    let settings = project.home().join("data/postgresql.auto.conf");
    fs::write(settings, "shared_buffers = 'many'\n").unwrap();
    let error = Embedded::start(&project.cluster).unwrap_err();
    let Error::NotStarted { tail, .. } = &error else {
        panic!("{error}");
    };
    assert!(tail.contains("shared_buffers") || tail.contains("configuration"), "{tail}");
}
