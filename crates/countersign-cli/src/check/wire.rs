//! HTTP/1.1 as bytes: requests that no client library sends, and whatever comes back.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::time::{Instant, timeout};

use super::answer::{Answer, Response};
use super::message::{Course, Message};
use crate::destination::Connector;

/// A receiver to send requests to.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) connector: Connector,
    /// The value of `host`.
    pub(super) authority: String,
    /// The longest time to wait for an answer.
    pub(super) limit: Duration,
}

/// An answer, and the number of bytes of the body that were sent before it.
pub(super) struct Exchange {
    pub(super) answer: Answer,
    pub(super) sent: u64,
}

impl Wire {
    pub(super) async fn send(&self, message: &Message, course: Course) -> Exchange {
        let mut sent = 0;
        let answer = match timeout(self.limit, self.exchange(message, course, &mut sent)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Answer::Unreachable(error.to_string())
            }
            Ok(Err(error)) => Answer::Closed(error.to_string()),
            Err(_) => Answer::Silent(self.limit),
        };
        Exchange { answer, sent }
    }

    async fn exchange(&self, message: &Message, course: Course, sent: &mut u64) -> io::Result<Answer> {
        let (mut reader, mut writer) = split(self.connector.connect().await?);
        writer.write_all(&message.head(&self.authority, course)).await?;
        let began = Instant::now();
        let written = async {
            // A receiver may answer and close before it has read everything.
            let _ = write_body(&mut writer, &message.body, course, sent).await;
            if course == Course::Aborted {
                return;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            response = read_response(&mut reader, &message.method) => {
                let response = response?;
                Ok(Answer::Response(Response { took: began.elapsed(), ..response }))
            }
            () = written => Ok(Answer::Closed("the connection was ended by the sender".to_owned())),
        }
    }
}

async fn write_body(
    writer: &mut (impl AsyncWrite + Unpin),
    body: &[u8],
    course: Course,
    sent: &mut u64,
) -> io::Result<()> {
    let half = body.split_at_checked(body.len() / 2).unwrap_or_default().0;
    let bytes = match course {
        Course::Whole | Course::Announced(_) => body,
        Course::Stalled | Course::Aborted => half,
        Course::Endless(limit) => return write_chunks(writer, limit, sent).await,
    };
    writer.write_all(bytes).await?;
    *sent += bytes.len() as u64;
    writer.flush().await
}

async fn write_chunks(writer: &mut (impl AsyncWrite + Unpin), limit: u64, sent: &mut u64) -> io::Result<()> {
    let chunk = [format!("{CHUNK:x}\r\n").as_bytes(), &[b' '; CHUNK], b"\r\n"].concat();
    while *sent < limit {
        writer.write_all(&chunk).await?;
        *sent += CHUNK as u64;
    }
    writer.write_all(b"0\r\n\r\n").await?;
    writer.flush().await
}

async fn read_response(reader: &mut (impl AsyncRead + Unpin), method: &str) -> io::Result<Response> {
    let mut bytes = Vec::new();
    loop {
        let room = &mut [0; 16 << 10];
        let read = reader.read(room).await?;
        bytes.extend_from_slice(room.get(..read).unwrap_or_default());
        match Response::parse(&bytes, method, read == 0)? {
            Some(response) => return Ok(response),
            None if read == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            None if bytes.len() > LARGEST_RESPONSE => {
                return Err(io::Error::other("the answer does not end"));
            }
            None => {}
        }
    }
}

const CHUNK: usize = 64 << 10;
const LARGEST_RESPONSE: usize = 4 << 20;
