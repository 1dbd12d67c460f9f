//! A PostgreSQL for the tests: `TEST_POSTGRES_URL`, or a cluster of our own, made once for the test binary, and shared by processes of it
//! that run at the same time, as where each test is one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The address of a server on which databases may be made, without a database, and what follows it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Server {
    pub(crate) fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.before, self.after)
    }
}

/// The server, or `None` when there is no PostgreSQL on this machine and none is required.
pub(crate) fn server() -> Option<Server> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    match SERVER.get_or_init(|| told().map_or_else(start, Ok)) {
        Ok(server) => Some(server.clone()),
        Err(why) if std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
            panic!("REQUIRE_POSTGRES=1, and there is no PostgreSQL: {why}")
        }
        Err(why) => {
            // Past the capturing of tests' output, so that nobody takes this for a success.
            let mut terminal = std::io::stderr();
            writeln!(terminal, "SKIPPED, NOT TESTED ON POSTGRESQL: {why}").unwrap();
            None
        }
    }
}

fn told() -> Option<Server> {
    let url = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
    let mut url = url::Url::parse(&url).expect("TEST_POSTGRES_URL is an address");
    let after = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    url.set_query(None);
    url.set_path("");
    Some(Server { before: url.as_str().trim_end_matches('/').to_owned(), after })
}

fn start() -> Result<Server, String> {
    let binaries = binaries()?;
    let user = user();
    // Short, because the path of a socket may not be long.
    let name = format!("state-postgres-{:x}", fingerprint(env!("CARGO_TARGET_TMPDIR")));
    let folder = Path::new("/tmp").join(name);
    let lock = std::fs::File::create(folder.with_extension("lock")).map_err(|error| error.to_string())?;
    lock.lock().unwrap();
    let users = folder.with_extension("users");
    std::fs::create_dir_all(&users).unwrap();
    let mark = users.join(std::process::id().to_string());
    std::fs::write(&mark, "").unwrap();
    stop_at_the_end(user.as_deref(), &binaries, &folder, &mark);

    let data = folder.join("data");
    let control = |action: &str| {
        let mut command = as_user(user.as_deref(), &binaries.join("pg_ctl"));
        command.args([action, "--silent", "--pgdata"]).arg(&data);
        command
    };
    if run(&mut control("status")).is_err() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir(&folder).unwrap();
        if let Some(user) = &user {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        run(as_user(user.as_deref(), &binaries.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"])
            .arg("--pgdata")
            .arg(&data))?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c fsync=off -c max_connections=300",
            folder.display()
        );
        run(control("start").args(["--wait", "--options", &options, "--log"]).arg(folder.join("log")))?;
    }
    Ok(Server {
        before: "postgres://postgres@localhost".to_owned(),
        after: format!("?host={}", folder.display()),
    })
}

fn fingerprint(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A process that waits for the end of its input, which comes when this one ends, however it ends. The last one stops the server, unless
/// another process has come a little later.
#[expect(clippy::zombie_processes, reason = "it ends after this process")]
fn stop_at_the_end(user: Option<&str>, binaries: &Path, folder: &Path, mark: &Path) {
    let script = r#"
        trap '' HUP INT TERM
        read -r _
        rm -f "$mark"
        sleep 2
        exec 9>"$folder.lock"
        flock 9
        for other in "$folder.users"/*; do
            kill -0 "${other##*/}" 2>/dev/null || rm -f "$other"
        done
        if rmdir "$folder.users" 2>/dev/null; then
            "$@" stop --mode=immediate --silent --pgdata "$folder/data"
            rm -rf "$folder"
        fi"#;
    let stop = as_user(user, &binaries.join("pg_ctl"));
    let mut child = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(stop.get_program())
        .args(stop.get_args())
        .env("folder", folder)
        .env("mark", mark)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::mem::forget(child.stdin.take());
}

fn binaries() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    // Both in one place: PATH may hold only one of them, as a link.
    let has_both = |place: &PathBuf| place.join("initdb").exists() && place.join("pg_ctl").exists();
    places.into_iter().find(has_both).ok_or_else(|| {
        "no initdb and pg_ctl in PATH or /usr/lib/postgresql, and TEST_POSTGRES_URL is not set".into()
    })
}

/// PostgreSQL refuses to run as root, so another user runs it then.
fn user() -> Option<String> {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    let is_root = String::from_utf8_lossy(&id).trim() == "0";
    let exists =
        |user: &&str| Command::new("id").arg(user).output().is_ok_and(|output| output.status.success());
    is_root.then(|| ["postgres", "nobody"].into_iter().find(exists).unwrap_or("nobody").to_owned())
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let group = Command::new("id").args(["-g", user]).output().unwrap().stdout;
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={}", String::from_utf8_lossy(&group).trim()))
        .arg("--clear-groups")
        .arg("--")
        .arg(program);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    // A server that is started inherits these, so they must not be pipes that somebody waits on.
    let log = tempfile::tempfile().unwrap();
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.try_clone().unwrap());
    let done = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if done.success() {
        return Ok(());
    }
    let mut said = String::new();
    let mut log = log;
    std::io::Seek::rewind(&mut log).unwrap();
    std::io::Read::read_to_string(&mut log, &mut said).unwrap();
    Err(format!("{command:?} ended with {done}: {said}"))
}
