import baseStyle from "../../shared/styles/base.css?inline";
import tokens from "../../shared/styles/tokens.css?inline";
import channel from "./channel.css?inline";
import closing from "./closing.css?inline";
import header from "./header.css?inline";
import input from "./input.css?inline";
import log from "./log.css?inline";
import narrow from "./narrow.css?inline";
import panel from "./panel.css?inline";

/** The chat's style sheets; later ones win. */
export const styles: readonly string[] = [tokens, baseStyle, panel, header, log, input, channel, closing, narrow];
