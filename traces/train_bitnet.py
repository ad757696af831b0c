#!/usr/bin/env python3
"""Trains a small BitNet b1.58 from a text file and exports it as the built-in model is.

    pip install -r requirements.txt
    python3 train_bitnet.py --text FILE --output DIR
    setun perplexity DIR --text DIR/validation.txt

The decoder is that of BitNet b1.58 2B-4T: RMSNorm with sub-norms, rotary positions, grouped-query attention,
a unit gated by squared ReLU, a tied embedding, no biases. Every linear layer of a block multiplies ternary weights
(absmean, per matrix) and int8 activations (absmax, per token) from the first step on. Both are rounded in the
forward pass only: gradients pass straight through to latent weights of single precision, which the optimiser updates.

Training has two stages, as the authors of b1.58 advise: the learning rate falls in a straight line, with a step down
at half time; weight decay ends there, so that latent weights can settle on a side of their thresholds.

DIR gets config.json, model.safetensors (packed weights, bfloat16 scales), tokenizer.json, tokenizer_config.json and
validation.txt, the documents that were held out. The perplexity that is printed is that of the exported weights; 'setun
perplexity' finds the same. With --full-precision nothing is rounded, neither in training nor in the files, which hold
the twin to compare with; setun does not run it.
"""
import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

BEGIN, END = '<|begin_of_text|>', '<|end_of_text|>'
# How Llama 3 cuts a text before byte pairs are merged.
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
EPSILON = 1e-5


# Rounding


def ternary(weight):
    """Weights in {-1, 0, 1} and their scale: round(w / mean|w|), clamped."""
    inverse = 1 / weight.abs().mean().clamp(min=1e-5)
    return (weight * inverse).round().clamp(-1, 1), 1 / inverse


def int8(inputs):
    """Activations in -127...127, and their scale for every token."""
    scale = 127 / inputs.abs().amax(dim=-1, keepdim=True).clamp(min=1e-5)
    return (inputs * scale).round().clamp(-128, 127), scale


def straight_through(value, rounded):
    """`rounded` in the forward pass, the identity in the backward pass."""
    return value + (rounded - value).detach()


class BitLinear(torch.nn.Module):
    def __init__(self, inputs, outputs, is_rounded):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(outputs, inputs) * 0.02)
        self.is_rounded = is_rounded
        self.stored = None

    def forward(self, inputs):
        if not self.is_rounded:
            return F.linear(inputs, self.weight)
        if self.stored is not None:
            # The sums are whole numbers below 2²⁴ and exact.
            values, scale = int8(inputs)
            return F.linear(values, self.stored[0]) / scale * self.stored[1]
        values, scale = int8(inputs)
        trits, factor = ternary(self.weight)
        return F.linear(straight_through(inputs, values / scale), straight_through(self.weight, trits * factor))

    def freeze(self):
        """Takes the trits and the scale that the exported file holds."""
        trits, factor = ternary(self.weight.detach())
        self.stored = (trits, factor.to(torch.bfloat16).float())


# The decoder


class Norm(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(size))

    def forward(self, inputs):
        return self.weight * (inputs * torch.rsqrt(inputs.pow(2).mean(-1, keepdim=True) + EPSILON))


def rotate(rows, cosine, sine):
    low, high = rows.chunk(2, dim=-1)
    return rows * cosine + torch.cat((-high, low), dim=-1) * sine


class Attention(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        self.heads, self.kv_heads, self.size = o.heads, o.kv_heads, o.hidden // o.heads
        kv = self.kv_heads * self.size
        self.q_proj = BitLinear(o.hidden, o.hidden, o.is_rounded)
        self.k_proj = BitLinear(o.hidden, kv, o.is_rounded)
        self.v_proj = BitLinear(o.hidden, kv, o.is_rounded)
        self.o_proj = BitLinear(o.hidden, o.hidden, o.is_rounded)
        self.attn_sub_norm = Norm(o.hidden)

    def forward(self, inputs, cosine, sine):
        batch, tokens, hidden = inputs.shape

        def split(rows, heads):
            return rows.view(batch, tokens, heads, self.size).transpose(1, 2)
        q = rotate(split(self.q_proj(inputs), self.heads), cosine, sine)
        k = rotate(split(self.k_proj(inputs), self.kv_heads), cosine, sine)
        v = split(self.v_proj(inputs), self.kv_heads)
        group = self.heads // self.kv_heads
        k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(self.attn_sub_norm(mixed.transpose(1, 2).reshape(batch, tokens, hidden)))


class FeedForward(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        self.gate_proj = BitLinear(o.hidden, o.intermediate, o.is_rounded)
        self.up_proj = BitLinear(o.hidden, o.intermediate, o.is_rounded)
        self.down_proj = BitLinear(o.intermediate, o.hidden, o.is_rounded)
        self.ffn_sub_norm = Norm(o.intermediate)

    def forward(self, inputs):
        return self.down_proj(self.ffn_sub_norm(F.relu(self.gate_proj(inputs)).pow(2) * self.up_proj(inputs)))


class Block(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = Norm(o.hidden), Norm(o.hidden)
        self.self_attn, self.mlp = Attention(o), FeedForward(o)

    def forward(self, hidden, cosine, sine):
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), cosine, sine)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))


class Decoder(torch.nn.Module):
    def __init__(self, o):
        super().__init__()
        self.embed_tokens = torch.nn.Embedding(o.vocabulary, o.hidden)
        torch.nn.init.normal_(self.embed_tokens.weight, std=0.02)
        self.layers = torch.nn.ModuleList(Block(o) for _ in range(o.layers))
        self.norm = Norm(o.hidden)
        size = o.hidden // o.heads
        self.frequencies = 1 / o.rotary_base ** (torch.arange(0, size, 2).float() / size)

    def forward(self, tokens):
        angles = torch.outer(torch.arange(tokens.shape[1]).float(), self.frequencies).repeat(1, 2)
        cosine, sine = angles.cos(), angles.sin()
        hidden = self.embed_tokens(tokens)
        for layer in self.layers:
            hidden = layer(hidden, cosine, sine)
        return F.linear(self.norm(hidden), self.embed_tokens.weight)

    def linears(self):
        return [(name, module) for name, module in self.named_modules() if isinstance(module, BitLinear)]


# Text


def read_documents(path, separator):
    """Training and held-out documents: every twentieth is held out."""
    with open(path, encoding='utf-8') as file:
        documents = [d.strip('\n') for d in file.read().split(separator)]
    documents = [d + '\n' for d in documents if d.strip()]
    if len(documents) < 20:
        raise SystemExit(f'{path}: expected at least 20 documents between separators, found {len(documents)}')
    held_out = documents[19::20]
    return [d for i, d in enumerate(documents) if i % 20 != 19], held_out


def train_tokenizer(documents, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), 'isolated'),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(documents, trainers.BpeTrainer(
        vocab_size=size, special_tokens=[BEGIN, END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def text_of(documents):
    return ''.join(BEGIN + d for d in documents)


# Training


def schedule(step, o):
    """Learning rate and weight decay of a step."""
    left = 1 - step / o.steps
    warm = min(1, (step + 1) / o.warmup)
    is_first = step < o.steps // 2
    return warm * left * (o.rate if is_first else o.second_rate), (o.decay if is_first else 0.0)


def train(model, tokens, o):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{'params': matrices}, {'params': vectors, 'weight_decay': 0.0}], lr=o.rate, betas=(0.9, 0.95))
    generator = torch.Generator().manual_seed(o.seed)
    start = time.time()
    for step in range(o.steps):
        rate, decay = schedule(step, o)
        for group in optimizer.param_groups:
            group['lr'] = rate
        optimizer.param_groups[0]['weight_decay'] = decay
        starts = torch.randint(len(tokens) - o.context - 1, (o.batch,), generator=generator)
        batch = torch.stack([tokens[s:s + o.context + 1] for s in starts.tolist()])
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % o.report == 0 or step == o.steps - 1:
            print(f'step {step:6}  loss {loss.item():.4f}  rate {rate:.2e}  decay {decay:.2f}  '
                  f'{time.time() - start:.0f} s', flush=True)


@torch.no_grad()
def perplexity(model, tokens, o):
    """As 'setun perplexity': windows that do not overlap, each from position 0; the token after a window counts."""
    window = min(o.context, len(tokens) - 1)
    count = (len(tokens) - 1) // window * window
    nats = 0.0
    for start in range(0, count, window):
        logits = model(tokens[None, start:start + window])[0].double()
        nats += F.cross_entropy(logits, tokens[start + 1:start + window + 1], reduction='sum').item()
    return nats, count


# Export


def pack(trits):
    """Codes 0, 1, 2 for -1, 0, 1, four to a byte in planes along the outputs."""
    codes = (trits + 1).to(torch.uint8)
    rows = (codes.shape[0] + 3) // 4
    codes = F.pad(codes, (0, 0, 0, 4 * rows - codes.shape[0]))
    return codes[:rows] | codes[rows:2 * rows] << 2 | codes[2 * rows:3 * rows] << 4 | codes[3 * rows:] << 6


def freeze(model, o):
    """Rounds every parameter to what the file holds."""
    if not o.is_rounded:
        return
    linear = {id(module.weight) for _, module in model.linears()}
    for parameter in model.parameters():
        if id(parameter) not in linear:
            parameter.data = parameter.data.to(torch.bfloat16).float()
    for _, module in model.linears():
        module.freeze()


def export(model, tokenizer, held_out, o):
    os.makedirs(o.output, exist_ok=True)
    dtype = torch.bfloat16 if o.is_rounded else torch.float32
    linears = dict(model.linears())
    state = {}
    for name, value in model.state_dict().items():
        module = linears.get(name.removesuffix('.weight'))
        if module is None or not o.is_rounded:
            state[f'model.{name}'] = value.to(dtype)
        else:
            state[f'model.{name}'] = pack(module.stored[0])
            state[f'model.{name}_scale'] = module.stored[1].reshape(1).to(dtype)
    save_file({k: v.contiguous() for k, v in state.items()}, f'{o.output}/model.safetensors', metadata={'format': 'pt'})
    config = {
        'architectures': ['BitNetForCausalLM'], 'model_type': 'bitnet', 'vocab_size': o.vocabulary,
        'hidden_size': o.hidden, 'intermediate_size': o.intermediate, 'num_hidden_layers': o.layers,
        'num_attention_heads': o.heads, 'num_key_value_heads': o.kv_heads, 'hidden_act': 'relu2',
        'max_position_embeddings': o.context, 'rms_norm_eps': EPSILON, 'tie_word_embeddings': True,
        'attention_bias': False, 'bos_token_id': 0, 'eos_token_id': 1, 'rope_theta': o.rotary_base,
        'rope_parameters': {'rope_type': 'default', 'rope_theta': o.rotary_base},
        'torch_dtype': str(dtype).removeprefix('torch.')}
    if o.is_rounded:
        config['quantization_config'] = {
            'quant_method': 'bitnet', 'linear_class': 'autobitlinear', 'quantization_mode': 'offline'}
    with open(f'{o.output}/config.json', 'w') as file:
        json.dump(config, file, indent=2)
    tokenizer.save(f'{o.output}/tokenizer.json')
    with open(f'{o.output}/tokenizer_config.json', 'w') as file:
        json.dump({'tokenizer_class': 'PreTrainedTokenizerFast', 'bos_token': BEGIN, 'eos_token': END,
                   'model_max_length': o.context}, file, indent=1)
    with open(f'{o.output}/validation.txt', 'w', encoding='utf-8') as file:
        file.write(text_of(held_out))


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--text', required=True, help='the text to learn, in UTF-8')
    parser.add_argument('--separator', default='\n\n', help='what stands between documents (a blank line)')
    parser.add_argument('--output', required=True, help='the directory to write')
    parser.add_argument('--full-precision', action='store_true', help='round nothing: the twin to compare with')
    for name, value, text in (
            ('vocabulary', 1024, 'tokens of the vocabulary'), ('hidden', 256, 'hidden values'),
            ('intermediate', 768, 'values of the feed-forward layer'), ('layers', 4, 'blocks'),
            ('heads', 8, 'query heads'), ('kv-heads', 2, 'key and value heads'),
            ('context', 256, 'tokens of a window'), ('batch', 4, 'windows of a step'), ('steps', 6000, 'steps'),
            ('warmup', 100, 'steps of growing learning rate'), ('report', 100, 'steps between reports'),
            ('seed', 1, 'the seed of everything random'), ('threads', 0, 'threads; 0 leaves it to PyTorch')):
        parser.add_argument(f'--{name}', type=int, default=value, help=f'{text} ({value})')
    for name, value, text in (
            ('rate', 2.5e-3, 'learning rate at the start'), ('second-rate', 1.7e-3, 'that of the second half'),
            ('decay', 0.1, 'weight decay of the first half'), ('rotary-base', 10000.0, 'base of the rotary encoding')):
        parser.add_argument(f'--{name}', type=float, default=value, help=f'{text} ({value})')
    o = parser.parse_args()
    o.is_rounded = not o.full_precision
    return o


def main():
    o = options()
    torch.manual_seed(o.seed)
    if o.threads:
        torch.set_num_threads(o.threads)
    training, held_out = read_documents(o.text, o.separator)
    tokenizer = train_tokenizer(training, o.vocabulary)
    o.vocabulary = tokenizer.get_vocab_size()
    tokens = torch.tensor(tokenizer.encode(text_of(training)).ids)
    validation = torch.tensor(tokenizer.encode(text_of(held_out)).ids)
    model = Decoder(o)
    count = sum(module.weight.numel() for _, module in model.linears())
    print(f'{len(training)} documents, {len(tokens)} tokens; held out: {len(held_out)} and {len(validation)}; '
          f'{count} weights in {len(model.linears())} matrices', flush=True)
    train(model, tokens, o)
    freeze(model, o)
    export(model, tokenizer, held_out, o)
    nats, scored = perplexity(model.eval(), validation, o)
    # A token of a byte-level vocabulary is written with one character a byte; special tokens stand for no text.
    names = [tokenizer.id_to_token(token) for token in validation[1:scored + 1].tolist()]
    size = sum(len(name) for name in names if name not in (BEGIN, END))
    print(f'validation perplexity {math.exp(nats / scored):.3f}, {nats / math.log(2) / size:.4f} bits a byte '
          f'({scored} of {len(validation)} tokens in windows of {min(o.context, len(validation) - 1)})')


if __name__ == '__main__':
    main()
