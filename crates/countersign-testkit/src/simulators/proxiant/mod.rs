mod script;

pub(super) use script::SCRIPT;
