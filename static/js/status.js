// What was asked leaves no trace: to load this page again, or to come back to it, is to open it empty.
history.replaceState(null, "", "/status/");
