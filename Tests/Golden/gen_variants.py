#!/usr/bin/env python3
"""Golden vectors of the other kinds of ternary decoder, on transformers' own layers (eager, CPU, f32).

Writes <kind>/{config.json, model.safetensors, golden_T7.safetensors}:
  llama_h48     LlamaForCausalLM: SiLU, no sub-norms, heads wider than the hidden state, a head of its own,
                U8 packed weights with inverse scales (as in Llama3-8B-1.58 and Falcon3), in two files with an index
  1bitllm_h48   sub-norms and SiLU, f16 master weights, under the names of the 1bitLLM checkpoints
  sign_h48      the block of BitNet b1.58 with the binary weights of 2023 (bf16 master weights)
"""
import os; os.environ['TORCHDYNAMO_DISABLE'] = '1'
import json, shutil, torch
import transformers.integrations.bitnet as bitnet
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, BitNetConfig, BitNetForCausalLM, LlamaConfig, LlamaForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = dict(hidden_size=48, intermediate_size=84, num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=1,
             vocab_size=97, rms_norm_eps=1e-5, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)
ROPE = {'rope_type': 'default', 'rope_theta': 10000.0}
LINEAR = ('q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj')
torch.set_num_threads(1)


def is_linear(name): return name.endswith('.weight') and name.split('.')[-2] in LINEAR


def weights(model, dtype, tied):
    state = {}
    for name, value in model.state_dict().items():
        if tied and name == 'lm_head.weight': continue
        if is_linear(name): value = 0.03 * torch.randn(value.shape) + 0.004 * torch.rand(())
        elif 'norm' in name: value = 0.4 + 1.2 * torch.rand(value.shape)
        else: value = 0.3 * torch.randn(value.shape)
        state[name] = value.to(dtype).contiguous()
    return state


def absmean(w):
    s = 1.0 / w.float().abs().mean().clamp_(min=1e-5)
    return (w.float() * s).round().clamp(-1, 1), 1.0 / s


def sign(w):
    w = w.float()
    return torch.where(w > w.mean(), 1.0, -1.0), w.abs().mean()


def config(path, base, drop=(), **extra):
    fields = {k: v for k, v in base.to_dict().items() if k in SIZES or k in (
        'model_type', 'hidden_act', 'tie_word_embeddings', 'attention_bias', 'head_dim') and v is not None}
    fields = {k: v for k, v in fields.items() if k not in drop} | {'rope_theta': ROPE['rope_theta']} | extra
    json.dump(fields, open(path, 'w'), indent=1)


def golden(model, quantizer, path):
    """Records a run; quantizer gives trits and factor of a layer."""
    ids = torch.randint(4, SIZES['vocab_size'], (1, 7), generator=torch.Generator().manual_seed(11))
    out = {'input_ids': ids[0].to(torch.int32)}

    def hook(name):
        def record(module, inputs, output):
            x = inputs[0].detach().float().reshape(-1, inputs[0].shape[-1])
            s = 127 / x.abs().max(dim=-1, keepdim=True).values.clamp(min=1e-5)
            q = (x * s).round().clamp(-128, 127)
            trits, factor = quantizer(module)
            acc = q.to(torch.int64) @ trits.to(torch.int64).T
            y = output.detach().float().reshape(-1, output.shape[-1])
            exact = acc.double() * factor.double() / s.double()
            assert ((y - exact).abs().max() / exact.abs().max()) < 1e-6, name
            out.update({name + '.x': x, name + '.q': q.to(torch.int8), name + '.act_scale': s.reshape(-1),
                        name + '.acc': acc.to(torch.int32), name + '.w_scale': factor.float().reshape(1), name + '.y': y})
        return record
    kinds = (bitnet.AutoBitLinear, bitnet.BitLinear)
    hooks = [m.register_forward_hook(hook(n.replace('model.', ''))) for n, m in model.named_modules() if isinstance(m, kinds)]
    assert len(hooks) == 7 * SIZES['num_hidden_layers'], len(hooks)
    with torch.no_grad(): out['logits'] = model(ids, use_cache=False).logits[0].float()
    for h in hooks: h.remove()
    save_file({k: v.clone().contiguous() for k, v in out.items()}, path)


def load(path): return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation='eager').to(torch.float32).eval()


def fresh(name):
    path = f'{HERE}/{name}'
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


# Llama-style, packed, in two files
torch.manual_seed(1)
base = LlamaConfig(**SIZES, head_dim=32, hidden_act='silu', tie_word_embeddings=False, rope_parameters=ROPE)
path, state = fresh('llama_h48'), {}
for name, w in weights(LlamaForCausalLM(base), torch.bfloat16, tied=False).items():
    if not is_linear(name): state[name] = w; continue
    trits, factor = absmean(w)
    state[name] = bitnet.pack_weights(trits.clone())
    state[name + '_scale'] = (1 / factor).reshape(1).to(torch.bfloat16)
names = sorted(state)
shards = {f'model-0000{i + 1}-of-00002.safetensors': names[i::2] for i in range(2)}
for file, part in shards.items(): save_file({n: state[n] for n in part}, f'{path}/{file}', metadata={'format': 'pt'})
json.dump({'metadata': {'total_size': sum(t.nbytes for t in state.values())},
           'weight_map': {n: f for f, part in shards.items() for n in part}}, open(path + '/model.safetensors.index.json', 'w'), indent=1)
config(path + '/config.json', base, architectures=['LlamaForCausalLM'], quantization_config={'quant_method': 'bitnet', 'modules_to_not_convert': ['lm_head']})
golden(load(path), lambda m: (bitnet.unpack_weights(m.weight, torch.float32), 1 / m.weight_scale.float()), path + '/golden_T7.safetensors')


# Master weights: transformers runs them under its own names, then the file takes the others.
def online(kind, quantizer, dtype, activation, seed):
    torch.manual_seed(seed)
    sizes = SIZES | {'num_key_value_heads': 3, 'num_attention_heads': 3}
    base = BitNetConfig(**sizes, hidden_act=activation, tie_word_embeddings=True, rope_parameters=ROPE)
    path = fresh(kind)
    state = weights(BitNetForCausalLM(base), dtype, tied=True)
    save_file(state, path + '/model.safetensors', metadata={'format': 'pt'})
    quantization = {'quant_method': 'bitnet', 'linear_class': 'autobitlinear', 'quantization_mode': 'online'}
    config(path + '/config.json', base, architectures=['BitNetForCausalLM'], quantization_config=quantization)

    class Quantize(torch.autograd.Function):
        @staticmethod
        def forward(ctx, w):
            trits, factor = quantizer(w)
            return (trits * factor).to(w.dtype)
    original, bitnet.WeightQuant = bitnet.WeightQuant, Quantize
    golden(load(path), lambda m: quantizer(m.weight), path + '/golden_T7.safetensors')
    bitnet.WeightQuant = original
    return path, base, state, quantization


path, base, state, _ = online('1bitllm_h48', absmean, torch.float16, 'silu', 2)
state = {n.replace('attn_sub_norm', 'inner_attn_ln').replace('ffn_sub_norm', 'ffn_layernorm'): t for n, t in state.items()}
save_file(state, path + '/model.safetensors', metadata={'format': 'pt'})
config(path + '/config.json', base, architectures=['BitnetForCausalLM'], model_type='llama', weight_bits=1, input_bits=8)

path, base, _, quantization = online('sign_h48', sign, torch.bfloat16, 'relu2', 3)
config(path + '/config.json', base, architectures=['BitNetForCausalLM'], quantization_config=quantization | {'weight_quantizer': 'sign'})
