/** The control side of the fake Graph API. */
async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`/_fake${path}`, { ...options, headers: { "Content-Type": "application/json" } });
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return response.json();
}

export const api = {
  world: () => call("/people"),
  addPerson: async (name, phone) => (await call("/people", { name, phone })).person,
  chat: (userId) => call(`/people/${encodeURIComponent(userId)}/chat`),
  write: (userId, message) => call(`/people/${encodeURIComponent(userId)}/messages`, message),
  dayPasses: (userId) => call(`/people/${encodeURIComponent(userId)}/day-passes`, {}),
  manners: (rough) => call("/manners", { rough }),
  fault: (fault) => call("/faults", fault),
  report: () => call("/report"),
};

export async function base64Of(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

/** A small picture that needs no file: what a customer might photograph. */
export function samplePicture() {
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 320;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#d9d2c5";
  pen.fillRect(0, 0, 480, 320);
  pen.fillStyle = "#2d3a40";
  pen.fillRect(90, 60, 300, 180);
  pen.fillStyle = "#5f7f8c";
  pen.fillRect(105, 75, 270, 150);
  pen.strokeStyle = "#f4f4f4";
  pen.lineWidth = 2;
  for (const [x, y] of [[130, 230], [210, 75], [330, 90], [375, 190], [160, 90]]) {
    pen.beginPath();
    pen.moveTo(250, 150);
    pen.lineTo(x, y);
    pen.stroke();
  }
  pen.fillStyle = "#2d3a40";
  pen.fillRect(210, 240, 60, 40);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
