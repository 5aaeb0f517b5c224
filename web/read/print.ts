/** Printing a plain text: in a frame of its own, so that the page around it stays off the paper. */
export function printText(title: string, text: string): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  const inner = frame.contentDocument;
  const view = frame.contentWindow;
  if (!inner || !view) return;
  const heading = inner.createElement('h1');
  heading.textContent = title;
  const body = inner.createElement('pre');
  body.textContent = text;
  body.style.setProperty('white-space', 'pre-wrap');
  body.style.setProperty('font', 'inherit');
  inner.body.append(heading, body);
  view.addEventListener('afterprint', () => frame.remove());
  view.print();
}
