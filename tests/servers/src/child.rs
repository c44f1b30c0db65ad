use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::{fs, io, thread};

use rustix::process::Signal;

use crate::program::program;
use crate::user::User;

/// A command with the folder as its working directory.
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) folder: &'a Path,
    pub(crate) user: Option<User>,
    /// The signal that it receives when this process has ended: `KILL` or `QUIT`.
    pub(crate) last: Signal,
}

impl Launch<'_> {
    /// Starts a process that dies with this one, however it ends. Its output is appended to the file `log`.
    pub(crate) fn spawn(self) -> io::Result<Child> {
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log"))?;
        let last = if self.last == Signal::QUIT { "QUIT" } else { "KILL" };
        let mut command = Command::new(program("setpriv", "util-linux"));
        command.args(["--pdeathsig", last]).arg(self.program).args(&self.arguments).current_dir(self.folder);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // An interrupt at the terminal must reach only the tests.
        command.process_group(0);
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        parent(command)
    }
}

/// Spawns all children from one thread that never ends, because the kernel treats the spawning thread as their
/// parent.
fn parent(command: Command) -> io::Result<Child> {
    type Order = (Command, Sender<io::Result<Child>>);
    static PARENT: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    let orders = PARENT.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in orders {
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(sender)
    });
    let (sender, answer) = channel();
    orders.lock().expect("nothing panics in there").send((command, sender)).expect("the thread never ends");
    answer.recv().expect("every order is answered")
}
