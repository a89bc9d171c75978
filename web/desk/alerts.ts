import { localStore } from "../shared/storage";
import { fill } from "../shared/text";
import { texts } from "./texts.de";

const SOUND = "handschlag.desk.sound";

/** Two soft tones, when the agent has switched them on. */
export class Bell {
  private context: AudioContext | null = null;

  constructor() {
    // Browsers let a page sound only after the first touch or key.
    const unlock = () => {
      if (this.on) {
        void this.audio().resume();
      }
    };
    document.addEventListener("pointerdown", unlock, { once: true });
    document.addEventListener("keydown", unlock, { once: true });
  }

  get on(): boolean {
    return localStore.get(SOUND) === "on";
  }

  toggle(): void {
    localStore.set(SOUND, this.on ? "off" : "on");
    this.ring();
  }

  ring(): void {
    if (!this.on) {
      return;
    }
    const context = this.audio();
    void context.resume();
    this.tone(context, 660, 0);
    this.tone(context, 880, 0.18);
  }

  private audio(): AudioContext {
    this.context ??= new AudioContext();
    return this.context;
  }

  private tone(context: AudioContext, frequencyHz: number, delayS: number): void {
    const start = context.currentTime + delayS;
    const oscillator = new OscillatorNode(context, { type: "sine", frequency: frequencyHz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.12, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + 0.4);
  }
}

/** The number of waiting customers in the window's title, where it is seen from other tabs. */
export function showInTitle(openTasks: number): void {
  const title = openTasks > 0 ? fill(texts.titleNews, { count: openTasks }) : texts.title;
  if (document.title !== title) {
    document.title = title;
  }
}
