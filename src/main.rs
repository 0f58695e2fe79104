//! The program: hands the command line and the standard streams to [`copydesk::cli`], and gives back its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let streams = copydesk::cli::Streams { out: Box::new(std::io::stdout()), err: Box::new(std::io::stderr()) };
    ExitCode::from(copydesk::cli::run(std::env::args_os(), streams))
}
