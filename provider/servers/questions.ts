/** Questions to all servers of a cluster about themselves, by the name of what they answer with. */
export const PING = {
  ACCOUNTZ: "$SYS.REQ.SERVER.PING.ACCOUNTZ",
  ROUTEZ: "$SYS.REQ.SERVER.PING.ROUTEZ",
  VARZ: "$SYS.REQ.SERVER.PING.VARZ",
} as const;

/** Asking how many subscriptions an account has makes a server look the account up, which it otherwise does when used. */
export const LOOK_UP = "$SYS.REQ.ACCOUNT.NSUBS";

/** All that a check publishes to, so all that its credentials need to be allowed. */
export const CHECK_SUBJECTS: readonly string[] = [LOOK_UP, ...Object.values(PING)];
