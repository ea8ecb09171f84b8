// “显示” at the password: what is typed can be read, and hidden again.
export function showPassword() {
  const field = document.querySelector("input[data-can-show]");
  if (!field) return;
  const { canShow, canHide } = field.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show-password";
  button.textContent = canShow;
  button.setAttribute("aria-controls", field.id);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? canHide : canShow;
    button.setAttribute("aria-pressed", String(hidden));
    field.focus();
  });
  const frame = document.createElement("div");
  frame.className = "password";
  field.replaceWith(frame);
  frame.append(field, button);
}
