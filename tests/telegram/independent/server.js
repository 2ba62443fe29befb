// Starts telegram-test-api, which others wrote, with what its payloads lack filled in: numbers where the Bot API has
// numbers, and the fields of button presses and messages that the published schema requires.
"use strict";
const answers = require("telegram-test-api/lib/modules/sendResult");
const TelegramServer = require("telegram-test-api");

const { sendResult } = answers;
answers.sendResult = (request, response, next) =>
  sendResult(request, response, () => {
    const send = response.sendResult;
    response.sendResult = (data) => {
      if (data.result && data.result.username === "TestNameBot") data.result.is_bot = true;
      send(data);
    };
    next();
  });

const original = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const formatted = original(update);
  const press = formatted.callback_query;
  if (press) {
    press.chat_instance = "1";
    press.message = { message_id: 1, date: Math.floor(Date.now() / 1000), text: "…", ...press.message };
    press.message.from = { id: 666, is_bot: true, first_name: "Guide" };
  }
  for (const message of [formatted.message, press && press.message]) {
    if (message && message.chat) delete message.chat.title;
  }
  return formatted;
};

const addBotMessage = TelegramServer.prototype.addBotMessage;
TelegramServer.prototype.addBotMessage = function (...given) {
  const message = addBotMessage.apply(this, given);
  return { ...message, date: Math.floor(message.date / 1000) };
};

const port = Number(process.argv[2]);
new TelegramServer({ port, host: "127.0.0.1", storeTimeout: 600 }).start().then(() => console.log("ready"));
