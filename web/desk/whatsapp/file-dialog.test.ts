import { expect, test } from "vitest";
import { sizeWords } from "./file-dialog";

test("sizes read as people say them", () => {
  expect(sizeWords(1)).toBe("1 kB");
  expect(sizeWords(820_000)).toBe("820 kB");
  expect(sizeWords(3_400_000)).toBe("3,4 MB");
  expect(sizeWords(16_000_000)).toBe("16 MB");
});
