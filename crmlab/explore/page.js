// What the mouse and the keys do on a page, where plain widgets know nothing of it: a click on a table works
// the lists and buttons above it, which Python listens to; and code is copied. `this` is the style sheet.
const page = this.closest(".crm-page");

const part = (element) => element.closest(".crm-part");

function choose(list, index) {
  list.selectedIndex = index;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

// The table is drawn anew when it is sorted; who did it with a key must find the header again.
function sort(head) {
  const drawn = head.closest(".widget-html-content");
  const again = new MutationObserver(() => {
    if (document.activeElement === document.body) drawn.querySelector(`[data-sort="${head.dataset.sort}"]`)?.focus();
  });
  again.observe(drawn, { childList: true });
  setTimeout(() => again.disconnect(), 5000);
  const sorted = head.parentElement.hasAttribute("aria-sort");
  if (sorted) part(head).querySelector(".crm-order").click();
  else choose(part(head).querySelector(".crm-sort select"), Number(head.dataset.sort));
}

function chooseRow(row) {
  choose(part(row).querySelector(".crm-rows select"), Number(row.dataset.row));
}

function goTo(row) {
  if (!row) return;
  row.parentElement.querySelectorAll("[tabindex='0']").forEach((other) => (other.tabIndex = -1));
  row.tabIndex = 0;
  row.focus();
}

function open(row) {
  chooseRow(row);
  whenChosen(row, () => part(row).querySelector(".crm-opener").click());
}

// What a row opens appears below, often out of sight: the records, and below these a customer's card.
function follow(opener) {
  const drill = page.querySelector(".crm-drill");
  const ofCard = drill.contains(opener);
  const opened = new MutationObserver((changes) => {
    const isNew = (change) => [...change.addedNodes].some((node) => node.matches?.(".crm-card"));
    if (ofCard ? !changes.some(isNew) : !drill.offsetHeight) return;
    opened.disconnect();
    const shown = ofCard ? drill.querySelector(".crm-card") : drill;
    (ofCard ? shown : drill.querySelector("button")).focus({ preventScroll: true });
    shown.scrollIntoView();
  });
  opened.observe(drill, ofCard ? { childList: true, subtree: true } : { attributes: true });
}

// A choice may wait for the one before it, a pressed button does not; so the button waits for Python's mark.
function whenChosen(row, then) {
  const mark = part(row).querySelector(".crm-mark");
  const isMarked = () => mark.textContent.includes(`nth-child(${Number(row.dataset.row) + 1})`);
  if (isMarked()) return then();
  const marked = new MutationObserver(() => {
    if (isMarked()) {
      marked.disconnect();
      then();
    }
  });
  marked.observe(mark, { childList: true, subtree: true });
}

function copy(button) {
  const code = button.parentElement.querySelector("pre");
  const words = button.textContent;
  getSelection().selectAllChildren(code);
  // Without an encrypted connection there is no clipboard but this one.
  const done = navigator.clipboard
    ? navigator.clipboard.writeText(code.textContent)
    : Promise.resolve(document.execCommand("copy"));
  done.then(() => {
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 2000);
  });
}

page.addEventListener("click", (event) => {
  const [head, row, button, opener, back] = ["[data-sort]", "[data-row]", ".crm-copy", ".crm-opener", ".crm-back"].map(
    (one) => event.target.closest(one),
  );
  if (head) sort(head);
  else if (button) copy(button);
  else if (opener) follow(opener);
  else if (back) page.querySelector(".crm-results [data-row][tabindex='0']")?.focus();
  else if (row && getSelection().isCollapsed) {
    goTo(row);
    chooseRow(row);
  }
});

// A double click would also select the word below it.
page.addEventListener("mousedown", (event) => {
  if (event.detail > 1 && event.target.closest("[data-row]")) event.preventDefault();
});

page.addEventListener("dblclick", (event) => {
  const row = event.target.closest("[data-row]");
  if (row) open(row);
});

page.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || event.target !== row) return;
  const keys = {
    ArrowDown: () => goTo(row.nextElementSibling),
    ArrowUp: () => goTo(row.previousElementSibling),
    " ": () => chooseRow(row),
    Enter: () => open(row),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

// JupyterLab would take the arrow keys and Enter for its own.
page.addEventListener("focusin", (event) => {
  if (event.target.matches("button, select, [data-row], .crm-scroll")) event.target.dataset.lmSuppressShortcuts = "true";
  // Which Escape empties.
  if (event.target.matches(".crm-search input")) event.target.type = "search";
});
