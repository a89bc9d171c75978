/** Longest text the bridge takes in one message, in characters. */
export const TEXT_LIMIT = 4096;
/** From here on the writer is told how many characters are left. */
export const TEXT_NEARLY_FULL = 3800;
