//! A connection, from its first byte to its last.

use std::io;

use bytes::BytesMut;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::greeting::{self, Agreed};
use crate::login::Login;
use crate::packet::{ANSWER, ATTENTION, BATCH, CALL, GREETING, LOGIN, Packets, malformed, send};
use crate::request::{self, Request};
use crate::server::{Shared, Statement};
use crate::token::{End, How, end, error, returned};
use crate::wire::{Stream, Wire};
use crate::{Reply, Table, cell, tls};

/// Serves a client until one of both goes away.
pub(crate) async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some((stream, login)) = greet(stream, shared).await? else { return Ok(()) };
    if !login.is_understood() {
        return Err(malformed("a version of the protocol that is too old"));
    }
    let mut wire = Wire::new(stream, login.packet_size());
    let may = login.answer(&shared.options, &mut wire.out);
    wire.finish().await?;
    if !may {
        return wire.close().await;
    }
    while let Some(message) = wire.request().await? {
        let (request, is_call) = match message.kind {
            BATCH => (request::batch(&message.body)?, false),
            CALL => (request::call(&message.body)?, true),
            ATTENTION => {
                end(&mut wire.out, End::Batch, How::CutShort);
                wire.finish().await?;
                continue;
            }
            _ => return Err(malformed("a request of an unknown kind")),
        };
        answer(&mut wire, shared, request, is_call).await?;
    }
    Ok(())
}

/// Agrees on what to encrypt and reads the log-in. There is none where they do not agree, or the client has gone.
async fn greet(mut stream: TcpStream, shared: &Shared) -> io::Result<Option<(Box<dyn Stream>, Login)>> {
    let Some(message) = Packets::new(&mut stream).message().await? else { return Ok(None) };
    if message.kind != GREETING {
        return Err(malformed("no greeting"));
    }
    let wanted = greeting::wanted(&message.body)?;
    let (agreed, said) = greeting::agree(shared.options.encryption, wanted);
    send(&mut stream, ANSWER, &greeting::answer(said)).await?;
    let (stream, login): (Box<dyn Stream>, _) = match (agreed, &shared.tls) {
        (Agreed::Nothing, _) => {
            let login = read_login(&mut stream).await?;
            (Box::new(stream), login)
        }
        (Agreed::Login, Some(tls)) => {
            let mut encrypted = tls::accept(&tls.acceptor, stream).await?;
            let login = read_login(&mut encrypted).await?;
            (Box::new(tls::give_up(encrypted)), login)
        }
        (Agreed::Everything, Some(tls)) => {
            let mut encrypted = tls::accept(&tls.acceptor, stream).await?;
            let login = read_login(&mut encrypted).await?;
            (Box::new(encrypted), login)
        }
        (Agreed::Never, _) | (_, None) => {
            stream.shutdown().await?;
            return Ok(None);
        }
    };
    Ok(login.map(|login| (stream, login)))
}

async fn read_login(from: &mut (impl Stream + ?Sized)) -> io::Result<Option<Login>> {
    let Some(message) = Packets::new(from).message().await? else { return Ok(None) };
    if message.kind != LOGIN {
        return Err(malformed("no log-in"));
    }
    Login::read(&message.body).map(Some)
}

/// Answers a request.
async fn answer(wire: &mut Wire, shared: &Shared, request: Request, is_call: bool) -> io::Result<()> {
    let reply = match request {
        Request::Statement { sql, parameters } => {
            tracing::debug!(sql, "statement");
            let reply = match request::missing(&sql, parameters.len()) {
                Some(name) => undeclared(&name),
                None => shared.answers.answer(&sql, &parameters),
            };
            shared.log.push(Statement { sql, parameters });
            reply
        }
        Request::Unknown(message) => Reply::Error { number: 2812, class: 16, message },
    };
    let (how, status) = match reply {
        Reply::Done => (How::Done, 0),
        Reply::Rows(table) => rows(wire, table).await?,
        Reply::Error { number, class, message } => {
            error(&mut wire.out, number, class, &message);
            (How::Failed, number)
        }
    };
    if wire.is_cut_short() {
        end(&mut wire.out, End::Batch, How::CutShort);
    } else if is_call {
        close_call(&mut wire.out, how, status);
    } else {
        end(&mut wire.out, End::Batch, how);
    }
    let was_cut_short = wire.is_cut_short();
    wire.finish().await?;
    if wire.is_cut_short() && !was_cut_short {
        // It was said while the end was on its way, and is acknowledged after that.
        end(&mut wire.out, End::Batch, How::CutShort);
        wire.finish().await?;
    }
    Ok(())
}

fn undeclared(name: &str) -> Reply {
    Reply::Error { number: 137, class: 15, message: format!("Must declare the scalar variable \"{name}\".") }
}

fn close_call(out: &mut BytesMut, how: How, status: i32) {
    if !matches!(how, How::Failed) {
        end(out, End::InCall, how);
    }
    returned(out, status);
    end(out, End::Call, if matches!(how, How::Failed) { How::Failed } else { How::Done });
}

/// Sends the rows of a table, each once the system has taken those before it, but for the last packet.
async fn rows(wire: &mut Wire, table: Table) -> io::Result<(How, i32)> {
    let Table { columns, rows } = table;
    cell::columns(&mut wire.out, &columns);
    let mut count = 0;
    for values in rows {
        let whole = wire.out.len();
        if let Err(misfit) = cell::row(&mut wire.out, &columns, &values) {
            wire.out.truncate(whole);
            error(&mut wire.out, misfit.number, 16, &misfit.message);
            return Ok((How::Failed, misfit.number));
        }
        drop(values);
        count += 1;
        wire.pass_on().await?;
        if wire.is_cut_short() {
            break;
        }
    }
    Ok((How::Rows(count), 0))
}
