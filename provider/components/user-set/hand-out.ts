import type { UserCreds } from "./set-credentials";

/**
 * Passes the creds of each user to a function, some at the same time. After a failure, it skips the other users, and waits for the calls
 * that run.
 *
 * @throws what a failed call throws
 */
export async function handOutAll(
  users: readonly UserCreds[],
  write: (user: UserCreds) => Promise<void> | void,
  concurrency: number,
): Promise<void> {
  const queue = users.values();
  let hasFailed = false;
  const work = async () => {
    for (const user of queue) {
      if (hasFailed) {
        return;
      }
      try {
        await write(user);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, users.length) }, work);
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
