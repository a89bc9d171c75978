/** Up to this width lists and conversation are two screens. The same figure stands in the style sheets. */
export const PHONE = "(max-width: 50rem)";
