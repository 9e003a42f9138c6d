import { offerNumber, refresh } from './network.js';

const STATUS = {
  accepted: 'Accepted by the SMSC',
  delivered: 'Delivered',
  failed: 'Not delivered',
  refused: 'Refused by the SMSC',
};

const list = document.getElementById('messages');
const news = document.getElementById('news');
const connection = document.getElementById('connection');
const template = document.getElementById('message');

const events = new EventSource('/events');
events.addEventListener('open', () => showConnection('Live', true));
events.addEventListener('error', () => showConnection('Reconnecting …', false));
events.addEventListener('all', ({ data }) => {
  refresh();
  list.replaceChildren(...JSON.parse(data).map(createItem).reverse());
});
events.addEventListener('one', ({ data }) => {
  const message = JSON.parse(data);
  refresh();
  const shown = document.getElementById(idOf(message));
  if (shown === null) show(message);
  else fill(shown, message);
  if (shown === null || isLost(message)) announce(message);
});

function showConnection(text, isLive) {
  connection.textContent = text;
  connection.classList.toggle('live', isLive);
}

function idOf(message) {
  return `message-${message.id}`;
}

function show(message) {
  const item = createItem(message);
  item.classList.add('new');
  list.prepend(item);
}

function createItem(message) {
  const item = template.content.cloneNode(true).firstElementChild;
  item.id = idOf(message);
  offerNumber(message.to);
  const button = item.querySelector('button');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(codeIn(message));
    button.textContent = 'Copied';
    news.textContent = 'Copied.';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });
  fill(item, message);
  return item;
}

function fill(item, message) {
  const slot = (name) => item.querySelector(`[data-slot=${name}]`);
  const code = codeIn(message);
  item.dataset.status = message.status;
  item.querySelector('.code').hidden = code === undefined;
  slot('code').textContent = code;
  if (message.from !== '') slot('from').textContent = message.from;
  slot('to').textContent = message.to;
  slot('text').textContent = message.text;
  slot('status').textContent = STATUS[message.status];
  slot('time').dateTime = message.receivedAt;
  slot('time').textContent = new Date(message.receivedAt).toLocaleTimeString([], { timeStyle: 'short' });
}

/** The code on the last line, as `@host #123456` has it, or else the first number of six to eight digits. */
function codeIn(message) {
  // A message that the network lost must look lost: nobody reads a code off it.
  if (isLost(message)) return undefined;
  const { text } = message;
  return (/#(\d{6,8})\s*$/.exec(text) ?? /(?<![\d+])(\d{6,8})(?!\d)/.exec(text))?.[1];
}

function isLost({ status }) {
  return status === 'failed' || status === 'refused';
}

function announce(message) {
  news.textContent = `Message from ${message.from} to ${message.to}. ${newsOf(message)}`;
}

function newsOf(message) {
  if (isLost(message)) return `${STATUS[message.status]}.`;
  const code = codeIn(message);
  // Screen readers read digits one by one only if they stand apart.
  return code === undefined ? message.text : `The code is ${[...code].join(' ')}.`;
}
