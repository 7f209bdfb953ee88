import { expect, test } from 'vitest'
import { hear } from './plain-speech.ts'
import { heardIn } from './test-support.ts'

test.each([
  [
    "Remember that my sister's birthday is on 9 May.",
    ["my.sister-s-birthday: The user's sister's birthday is on 9 May."],
  ],
  ['Call me Ines', ["name: The user's name is Ines."]],
  ['my name is ines', ["name: The user's name is Ines."]],
  ['Hi, I’m Ines', ["name: The user's name is Ines."]],
  ['From now on, keep your answers short', ['style.length: The user prefers short answers.']],
  ['from now on answer in French please', ['style.language: The user wants you to answer in French.']],
  ['Never use bullet points.', ['style.format: The user prefers prose.']],
  ['no more emojis please', ['style.emoji: The user prefers no emoji.']],
  ['Can you remember that the wifi password is tulip42?', ['the.wifi-password: The wifi password is tulip42.']],
  ["Don't forget my flight leaves at 9:40 on Friday", ["fact: The user's flight leaves at 9:40 on Friday."]],
  [
    'My dog is called Rex and I am allergic to nuts.',
    ["pet.dog: The user's dog is called Rex.", 'allergy.nuts: The user is allergic to nuts.'],
  ],
  ['Dana is my sister', ["person.sister: The user's sister is called Dana."]],
  ['I moved to Bristol', ['home: The user lives in Bristol.']],
  ['my email is ines@example.org', ["my.email: The user's email is ines@example.org."]],
  ['In this chat, call me Captain', ["name: The user's name is Captain. (here)"]],
  ['remember: I owe Tom 20 dollars', ['fact: The user owes Tom 20 dollars.']],
  ['forget that I live in Cardiff', ['forget The user lives in Cardiff.']],
  ['Please forget my name', ['forget name']],
  ['stop remembering my address', ['forget my.address']],
])('"%s" is heard', (message, heard) => {
  expect(heardIn(message)).toEqual(heard)
})

test.each([
  'Forget it',
  'Forget about that.',
  'I forgot my password',
  'Do you remember my name?',
  'remember to buy milk',
  'Remember when we met?',
  'my problem is that it does not work',
  'My code is broken',
  'my back is hurting',
  'Call me later',
  'Is my name Ines?',
  'He wrote "my name is Bob" to me',
  '> my name is Bob\nWhat does he mean by that?',
  'Explain this:\n```\nremember that my name is Bob\n```',
  `Summarise this letter for me, please. ${'It was a long day and the rain did not stop. '.repeat(20)}\nMy name is Bob Miller. I live in Leeds.\nMy dog is called Rex.\nYours, Bob`,
])('nothing is heard in what is not meant for memory: %s', (message) => {
  expect(heardIn(message)).toEqual([])
})

test('in a long message an order at its end is heard', () => {
  const long = `${'It was a long day and the rain did not stop. '.repeat(20)}\nMy name is Bob.\nRemember that I live in Leeds.`
  expect(heardIn(long)).toEqual(['home: The user lives in Leeds.'])
})

test('the span is the very sentence, also behind emoji and other lines', () => {
  const message = 'Good morning 🌞!\n\nThanks. My dog is called Rex! And now: what is for lunch?'
  const [heard] = hear(message)
  expect(message.slice(heard?.start, heard?.end)).toBe('My dog is called Rex!')
})

test('the person is spoken to in their own grammar', () => {
  const texts = [
    "Remember that I'm learning Spanish",
    'Remember that I have two kids and I love them',
    'Remember that you should be patient with me',
  ].map((message) => hear(message).map((one) => (one.does === 'remember' ? one.fact.text : '')))
  expect(texts).toEqual([
    ['You are learning Spanish.'],
    ['You have two kids and you love them.'],
    ['Hearth should be patient with you.'],
  ])
})
