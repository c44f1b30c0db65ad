use std::mem;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::sockopt::set_socket_reuseaddr;
use rustix::net::{AddressFamily, SocketType, bind, socket};

/// Returns an address at which connections are refused, until a server of the test listens there.
///
/// A socket is bound to it until the process ends, so that the system gives the port to no other test. A listener that is bound
/// to this very address gets it, because both have `SO_REUSEADDR`, as the listeners of the standard library and of tokio do.
#[must_use]
pub fn refusing_addr() -> SocketAddr {
    let bound = || {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
        set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
        rustix::io::Result::Ok(socket)
    };
    // It is no listener: it has never begun to listen.
    let socket = TcpListener::from(bound().expect("a free port"));
    let addr = socket.local_addr().expect("a bound socket has an address");
    mem::forget(socket);
    addr
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::ErrorKind;
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn it_refuses_until_a_server_listens_and_no_other_socket_gets_its_port() {
        let addr = refusing_addr();
        let refused = TcpStream::connect(addr).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        let others: Vec<_> = (0..2000).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: HashSet<_> = others.iter().map(|other| other.local_addr().unwrap().port()).collect();
        assert!(!ports.contains(&addr.port()));
        drop(others);
        let listener = TcpListener::bind(addr).unwrap();
        TcpStream::connect(addr).unwrap();
        drop(listener);
        assert_eq!(TcpStream::connect(addr).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}
