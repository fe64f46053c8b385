import { display } from "../../diagnostics/diagnostic";
import type { Fields } from "../fields";

const USER = ["user", "username"];
const PASSWORD = ["pass", "password"];

const UNSUPPORTED = "which the new servers do not support";

/** The command that generates an nkey. */
const GENERATE = "`nsc generate nkey --user`";

/** Names a user without an nkey. */
export function leaveOutUser(user: Fields, mapsCertificates: boolean): void {
  const { notes, path } = user;
  const name = user.text(...USER);
  const hasPassword = user.take(...PASSWORD) !== undefined;
  if (name === undefined) {
    notes.wrong("NA3014", path, "must have a `user` or an `nkey`");
    return;
  }
  const withoutPassword = mapsCertificates ? "with a TLS certificate" : "without a password";
  notes.leaveOut({
    code: "NA3024",
    path,
    value: display(name),
    problem: `logs in ${hasPassword ? "with a password" : withoutPassword}, ${UNSUPPORTED}`,
    remedy: `Generate an nkey for the user (${GENERATE}), and replace \`user\` and \`password\` by \`nkey\`.`,
  });
}

/** Names the single user or token of a block in place of a list of users, and returns whether there is one. */
export function leaveOutSingleLogin(authorization: Fields): boolean {
  const { notes } = authorization;
  const remedy = `Generate an nkey for each client (${GENERATE}), and list them as \`users\`.`;
  const at = authorization.pathOf(...USER);
  const name = authorization.text(...USER);
  authorization.take(...PASSWORD);
  if (name !== undefined) {
    const problem = `logs in with a password, ${UNSUPPORTED}`;
    notes.leaveOut({ code: "NA3024", path: at, value: display(name), problem, remedy });
  }
  const path = authorization.pathOf("token");
  const token = authorization.text("token");
  if (token !== undefined) {
    notes.leaveOut({ code: "NA3024", path, problem: `lets clients log in with a token, ${UNSUPPORTED}`, remedy });
  }
  return name !== undefined || token !== undefined;
}

/** Names the user of clients without credentials, and returns whether there is one. */
export function leaveOutDefaultUser(block: Fields): boolean {
  const path = block.pathOf("no_auth_user");
  const name = block.text("no_auth_user");
  if (name !== undefined) {
    block.notes.leaveOut({
      code: "NA3024",
      path,
      value: display(name),
      problem: "is the user of clients without credentials, which the new servers reject",
      remedy: `Give each of these clients an nkey (${GENERATE}).`,
    });
  }
  return name !== undefined;
}

/** Names the access of clients without credentials to a server that requires none. */
export function leaveOutAnonymousAccess(top: Fields, account: string): void {
  top.notes.leaveOut({
    code: "NA3024",
    path: "authorization",
    problem: `does not restrict access: clients without credentials use the account ${account}, and the new servers reject them`,
    remedy: `Give each client an nkey (${GENERATE}), and list them as \`users\`.`,
  });
}
