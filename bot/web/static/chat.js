/* The chat page. Shows what the server says, sends words and button presses, and leaves nothing in the
   browser: no storage, no history entry, an empty screen when the page is left. */
(function () {
  'use strict';

  const TIMEOUT = 20000; // milliseconds until "no answer came"
  const WIPE = 'chat/wipe';
  const TWICE = 1500; // milliseconds between two presses of Esc
  const SOON = 300; // milliseconds in which an answer needs no "is writing"
  const SESSION = '/session:'; // how payloads of group sessions begin
  const LISTS = /^\/session:(see|saw|moves|check):/; // buttons that are pressed again and again
  const FETCH = 2000; // milliseconds between two looks for what others did in a session
  const FETCH_HIDDEN = 8000; // the same while nobody looks at the page
  const DOUBLE = { time: 350, distance: 24 }; // milliseconds and pixels between the two taps of a double tap
  const FINAL = ['too_large', 'empty', 'no_cookie', 'bad_request', 'wrong_type', 'cross_site']; // no use trying again
  const PROGRESS = /^[0-9٠-٩۰-۹]+\s*\/\s*[0-9٠-٩۰-۹]+$/;

  const body = document.body;
  const words = JSON.parse(body.dataset.words);
  const labels = JSON.parse(body.dataset.labels);
  const byId = (id) => document.getElementById(id);
  const log = byId('log');
  const input = byId('input');
  const form = byId('form');
  const ask = byId('ask');
  const clear = byId('clear');
  const languages = byId('language');
  const touch = window.matchMedia('(pointer: coarse)').matches;
  const tabs = window.BroadcastChannel ? new BroadcastChannel('chat') : null;

  let epoch = 0; // goes up with every wipe: answers of an earlier epoch are thrown away
  let waiting = 0; // requests under way
  let queue = Promise.resolve(); // one request at a time, in the order they were made
  let abort = null; // ends the request under way
  let slow = 0; // timer for the typing indicator
  let session = false; // in a group session: messages come by themselves
  let last = 0; // number of the last message that came by itself
  let fetching = 0; // timer of the next look
  let lastEscape = -TWICE;
  let lastTap = { timeStamp: -DOUBLE.time, clientX: 0, clientY: 0 };

  function element(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function paragraph(className, text) {
    const node = element('p', className, text);
    node.dir = 'auto';
    return node;
  }

  function button(title, onPress) {
    const node = element('button', '', title);
    node.type = 'button';
    node.addEventListener('click', onPress);
    return node;
  }

  function newId() {
    const bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
  }

  // ---- talking to the server

  function failure(code) {
    const error = new Error(code);
    error.code = code;
    return error;
  }

  function call(method, path, data) {
    const stop = window.AbortController ? new AbortController() : null;
    const options = { method: method, credentials: 'same-origin', cache: 'no-store' };
    if (path === WIPE) options.keepalive = true; // goes through even when the page is left at once
    else if (stop) options.signal = stop.signal;
    if (data) {
      // The default mode: with "same-origin" and our referrer policy browsers would send "Origin: null".
      options.headers = { 'Content-Type': 'application/json' };
      options.body = JSON.stringify(data);
    }
    return new Promise((resolve, reject) => {
      abort = () => { reject(failure('aborted')); if (stop) stop.abort(); };
      const timer = setTimeout(() => { reject(failure('timeout')); if (stop) stop.abort(); }, TIMEOUT);
      fetch(path, options).then(
        (response) => response.json().then(
          (answer) => response.ok ? resolve(answer) : reject(failure(answer.error || 'unavailable')),
          () => reject(failure('unavailable'))
        ),
        () => reject(failure('offline'))
      ).then(() => clearTimeout(timer));
    });
  }

  // Calls when all earlier requests are done. `done` and `failed` are not called if the screen was cleared since.
  function inTurn(method, path, data, done, failed) {
    const mine = epoch;
    const still = (handle) => (value) => {
      if (mine !== epoch) return;
      waiting -= 1;
      showWaiting();
      handle(value);
    };
    waiting += 1;
    showWaiting();
    queue = queue
      .then(() => mine === epoch ? call(method, path, data) : null)
      .then(still(done), still((error) => failed(error.code || 'unavailable')));
  }

  // ---- the transcript

  function startsWith(line, label) {
    return label && line.slice(0, label.length) === label;
  }

  function labelled(node, label, rest) {
    node.appendChild(element('span', 'label', label));
    node.appendChild(document.createTextNode(rest));
    return node;
  }

  function sayBlock(line, marks) {
    const block = element('div', 'say');
    const quote = element('blockquote');
    const quoted = line.slice(marks.say.length).trim();
    const between = marks.close + ' ' + marks.open;
    block.appendChild(paragraph('label', marks.say));
    (marks.open && marks.close ? quoted.split(between) : [quoted]).forEach((part, index, all) => {
      const start = index > 0 ? marks.open : '';
      const end = index < all.length - 1 ? marks.close : '';
      quote.appendChild(paragraph('', start + part + end));
    });
    block.appendChild(quote);
    return block;
  }

  // A line of a message. The label it begins with, in any language of the page, says what it is.
  function lineNode(line) {
    for (let i = 0; i < labels.length; i += 1) {
      const marks = labels[i];
      if (startsWith(line, marks.say)) return sayBlock(line, marks);
      if (startsWith(line, marks.never)) return labelled(paragraph('avoid'), marks.never, line.slice(marks.never.length));
      if (startsWith(line, marks.why)) return labelled(paragraph('why'), marks.why, line.slice(marks.why.length));
      if (startsWith(line, marks.source)) return paragraph('quiet', line);
    }
    return paragraph(PROGRESS.test(line) ? 'quiet' : '', line);
  }

  // Buttons of a session stay: what others say comes between them and the finger.
  function freeze() {
    log.querySelectorAll('.choices button').forEach((choice) => {
      if (!startsWith(choice.payload, SESSION)) choice.disabled = true;
    });
  }

  // Of buttons that do the same, only the newest stays.
  function freezeSame(buttons) {
    log.querySelectorAll('.choices button').forEach((choice) => {
      if (buttons.some((each) => each.payload === choice.payload)) choice.disabled = true;
    });
  }

  function choicesOf(buttons) {
    const group = element('div', 'choices');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', words.choices);
    buttons.forEach((each) => {
      const node = button(each.title, () => {
        node.classList.add('pressed');
        if (!LISTS.test(each.payload)) group.querySelectorAll('button').forEach((other) => { other.disabled = true; });
        send({ payload: each.payload }, each.title);
        settle();
      });
      node.dir = 'auto';
      node.payload = each.payload;
      group.appendChild(node);
    });
    return group;
  }

  // A picture repeats what the text says; only one that lies in the answer itself is shown.
  function pictureOf(message) {
    const node = element('img', 'picture');
    node.alt = '';
    if (message.picture.indexOf('data:image/png;base64,') === 0) node.src = message.picture;
    return node;
  }

  function show(messages) {
    let first = null;
    if (messages.length) freeze();
    messages.forEach((message) => {
      freezeSame(message.buttons);
      const node = element('div', 'guide');
      node.appendChild(element('span', 'heard', words.guide));
      if (message.picture) node.appendChild(pictureOf(message));
      message.text.split('\n').forEach((line) => {
        if (line.trim()) node.appendChild(lineNode(line.trim()));
      });
      if (message.buttons.length) node.appendChild(choicesOf(message.buttons));
      log.appendChild(node);
      first = first || node;
    });
    if (!first) return;
    const before = first.previousElementSibling;
    bringIntoView(before && before.className === 'note' ? before : first);
  }

  function showNote(text, title, onPress) {
    const note = element('div', 'note');
    note.appendChild(paragraph('', text));
    if (title) note.appendChild(button(title, () => { note.remove(); onPress(); }));
    log.appendChild(note);
    bringIntoView(note);
  }

  function showWaiting() {
    const typing = byId('typing');
    clearTimeout(slow);
    typing.textContent = '';
    if (waiting > 0) slow = setTimeout(() => {
      for (let dot = 0; dot < 3; dot += 1) typing.appendChild(element('i'));
      typing.appendChild(element('span', 'heard', words.typing));
    }, SOON);
  }

  // The top of a long message, or everything down to the end.
  function bringIntoView(node) {
    node.scrollIntoView({ block: 'start' });
  }

  // Where the focus goes when what had it is gone. On a phone the input would bring up the keyboard.
  function settle() {
    (touch ? log : input).focus({ preventScroll: true });
  }

  // The answer may put a new button under a finger that taps twice.
  function stopDoubleTap(event) {
    const last = lastTap;
    lastTap = event;
    const again = event.pointerType === 'touch' && event.timeStamp - last.timeStamp < DOUBLE.time &&
      Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) < DOUBLE.distance;
    if (event.detail > 1 || again) event.stopPropagation();
  }

  // ---- sending

  function send(what, title) {
    const bubble = element('div', 'you');
    what.id = newId();
    bubble.appendChild(element('span', 'heard', words.you));
    bubble.appendChild(paragraph('', title));
    log.appendChild(bubble);
    freeze();
    bringIntoView(bubble);
    deliver(what, bubble);
  }

  function deliver(what, bubble) {
    inTurn('POST', 'chat/messages', what, (answer) => {
      if (answer.cleared) { emptyScreen(); return cleared(); }
      attend(answer, 0);
      if (answer.messages.length) return show(answer.messages);
      if (answer.session) return null;
      return showNote(words['error.no_answer']);
    }, (code) => {
      const failed = element('div', 'failed');
      failed.appendChild(paragraph('', words['error.' + code] || words['error.unavailable']));
      if (FINAL.indexOf(code) < 0) {
        // The same id goes again, so that the server answers once even if the first one had arrived.
        failed.appendChild(button(words.retry, () => { failed.remove(); deliver(what, bubble); settle(); }));
      } else if (what.text && !input.value) {
        input.value = what.text;
        grow();
      }
      bubble.appendChild(failed);
      bringIntoView(bubble);
    });
  }

  function sendTyped() {
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    input.value = '';
    grow();
    send({ text: text }, text);
  }

  function grow() {
    input.style.height = 'auto';
    input.style.height = input.scrollHeight + 2 + 'px';
  }

  function load() {
    inTurn('GET', 'chat/messages', null, (answer) => {
      show(answer.messages);
      attend(answer, 0);
      if (session && log.lastElementChild) bringIntoView(log.lastElementChild);
    }, (code) => {
      showNote(words['error.' + code] || words['error.unavailable'], FINAL.indexOf(code) < 0 ? words.retry : '', load);
    });
  }

  // ---- what comes by itself, in a session

  function attend(answer, after) {
    if (answer.session !== undefined) session = answer.session;
    clearTimeout(fetching);
    if (session) fetching = setTimeout(fetchWaiting, after);
  }

  // Beside the queue: a look must not wait for an answer, nor an answer for a look.
  function fetchWaiting() {
    const mine = epoch;
    const pause = () => (document.hidden ? FETCH_HIDDEN : FETCH);
    fetch('chat/waiting?after=' + last, { credentials: 'same-origin', cache: 'no-store' })
      .then((response) => response.ok ? response.json() : Promise.reject(failure('unavailable')))
      .then((answer) => {
        if (mine !== epoch) return;
        const isNew = answer.last > last; // two looks at once bring the same
        last = Math.max(last, answer.last);
        if (isNew) show(answer.messages);
        attend(answer, pause());
      })
      .catch(() => { if (mine === epoch) attend({}, pause()); });
  }

  // The link of a session, as scanned from a wall: joining asks for a name before anything else.
  function joining() {
    const code = new URLSearchParams(window.location.search).get('join') || '';
    return /^[0-9A-Za-z]{6}$/.test(code) ? '/join ' + code.toUpperCase() : '';
  }

  // ---- clearing and leaving

  function emptyScreen() {
    epoch += 1;
    waiting = 0;
    session = false;
    clearTimeout(fetching);
    queue = Promise.resolve();
    if (abort) abort();
    log.textContent = '';
    input.value = '';
    grow();
    showWaiting();
    showAsk(false);
  }

  // The assistant's own words about wiping are for screens that nobody can clear from afar; ours is empty.
  function cleared() {
    showNote(words.clear_done);
    load();
    if (tabs) tabs.postMessage('load');
  }

  function wipe() {
    emptyScreen();
    if (tabs) tabs.postMessage('empty');
    settle();
    inTurn('POST', WIPE, {}, cleared, () => showNote(words.clear_failed, words.clear_again, wipe));
  }

  function showAsk(open) {
    ask.hidden = !open;
    clear.setAttribute('aria-expanded', String(open));
    if (open) byId('yes').focus();
  }

  function leave() {
    emptyScreen();
    body.hidden = true;
    window.location.replace(body.dataset.exit);
  }

  // ---- wiring

  clear.addEventListener('click', () => showAsk(true));
  byId('no').addEventListener('click', () => { showAsk(false); settle(); });
  byId('yes').addEventListener('click', wipe);
  byId('exit').addEventListener('click', (event) => { event.preventDefault(); leave(); });
  form.addEventListener('submit', (event) => { event.preventDefault(); sendTyped(); });
  // The second tap of a double tap lands on a disabled button and would take the focus from the input.
  log.addEventListener('mousedown', (event) => { if (event.target.className === 'choices') event.preventDefault(); });
  log.addEventListener('click', stopDoubleTap, true);
  input.addEventListener('input', grow);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!event.repeat) sendTyped();
  });
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || event.repeat) return;
    if (event.timeStamp - lastEscape < TWICE) return leave();
    lastEscape = event.timeStamp;
    if (!ask.hidden) { showAsk(false); clear.focus(); }
  }, true);
  if (languages) {
    const usual = languages.value;
    languages.addEventListener('change', () => {
      inTurn('POST', 'chat/language', { language: languages.value }, () => window.location.reload(), (code) => {
        languages.value = usual;
        showNote(words['error.' + code] || words['error.unavailable']);
      });
    });
  }
  if (tabs) tabs.onmessage = (event) => { emptyScreen(); if (event.data === 'load') load(); };

  // "Back" may bring the page out of the browser's memory: nothing must be left in it.
  window.addEventListener('pagehide', emptyScreen);
  window.addEventListener('pageshow', (event) => { if (event.persisted) window.location.reload(); });

  // Some phones put the keyboard over the page instead of making it smaller.
  const seen = window.visualViewport;
  if (seen) {
    seen.addEventListener('resize', () => {
      const covered = seen.scale < 1.05 && seen.height < window.innerHeight - 80;
      body.style.height = covered ? seen.height + 'px' : '';
      if (covered) window.scrollTo(0, 0);
    });
  }

  const join = joining();
  window.history.replaceState(null, '', window.location.pathname);
  grow();
  if (join) send({ payload: join }, join);
  else load();
  if (!touch) input.focus();
})();
