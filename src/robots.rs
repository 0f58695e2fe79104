//! robots.txt.

/// The product token of a user agent.
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .bytes()
        .position(|b| !(b.is_ascii_alphabetic() || matches!(b, b'_' | b'-')));
    &user_agent[..end.unwrap_or(user_agent.len())]
}
