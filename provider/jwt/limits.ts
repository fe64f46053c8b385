/** How a JWT says that something is not limited. Zero and an absent limit mean none at all. */
export const UNLIMITED = -1;

/** How a JWT says that something, such as JetStream, is off. */
export const DISABLED = 0;
