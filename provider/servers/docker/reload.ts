import type Docker from "dockerode";

/** What a server's program does with these arguments, in its container: it sends the first process there a SIGHUP. */
const RELOAD = ["/proc/1/exe", "--signal", "reload=1"];

/**
 * Tells the server of a container to read its configuration again. The engine could send that signal itself. But for an
 * engine a container that was sent a signal was stopped by somebody: it would not start it again, after a crash of the
 * server or its own restart.
 */
export async function tellToReload(container: Docker.Container): Promise<void> {
  const exec = await container.exec({ Cmd: RELOAD });
  await exec.start({ Detach: true });
}
